"""Annotation: the time and memory of exchanges with Label Studio, and what annotators do on its page."""

"""Suggestions by extractors, and people's work in Label Studio."""

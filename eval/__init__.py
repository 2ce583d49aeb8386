"""Scores of systems against gold, and agreement between annotators."""

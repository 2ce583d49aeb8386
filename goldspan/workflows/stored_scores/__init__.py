"""Stored scores: made again."""

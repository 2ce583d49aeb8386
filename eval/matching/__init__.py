"""Pair gold and system spans, and count the matches."""

"""Pairing of gold and system spans, and counts of matches."""

"""Inspection of records: checks, comparisons, statistics and suspicious annotations."""

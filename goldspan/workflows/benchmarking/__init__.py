"""Benchmarks: extractors over the texts of a gold, what they took, and what is kept of their runs."""

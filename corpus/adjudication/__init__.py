"""Merge several passes into one gold layer."""

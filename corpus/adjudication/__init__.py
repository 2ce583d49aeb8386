"""Merging of several passes into one gold layer."""

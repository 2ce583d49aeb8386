"""Extractors: what the rules find, how sure they are of it, and how fast they and others are."""

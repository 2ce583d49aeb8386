"""Data that are shipped: the scheme, actors, places, settlements and codes, and the reader of their tables."""

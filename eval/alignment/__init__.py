"""Alignment of the documents of systems with those of the gold: by id, by text, by words."""

"""Corpora in several files, here or in an object store: which files these are, how they are read and written."""

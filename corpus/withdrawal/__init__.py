"""Withdrawn documents: the list of them, what is left out because of it, and how they are taken out of files."""

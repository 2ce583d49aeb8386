"""Daily work on a corpus: draw, filter, rename, search and list."""

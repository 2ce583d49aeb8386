"""Release of a corpus: reading order, splits, upload and editions."""

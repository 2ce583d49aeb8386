"""Records: documents as JSON, read, checked and written by a scheme."""

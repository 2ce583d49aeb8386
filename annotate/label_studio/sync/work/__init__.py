"""People's work on its way from the server to layers: read in pages, kept on disk."""

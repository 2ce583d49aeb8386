"""spaCy's files: DocBins and training data."""

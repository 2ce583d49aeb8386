"""Whether an extractor follows its codebook and its texts."""

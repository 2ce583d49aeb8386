"""Changes of a codebook or a text after which it is known what an extractor that reads them would answer."""

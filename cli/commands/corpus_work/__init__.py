"""Commands that make a corpus and work on it: build, sample, filter, rename, concordance, terms."""

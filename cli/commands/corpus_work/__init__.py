"""Commands for daily work on a corpus: sample, filter, rename, concordance, terms."""

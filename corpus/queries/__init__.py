"""Questions to a corpus: samples, conditions, names, words in context, and lists of terms."""

"""CoNLL columns: one token a line."""

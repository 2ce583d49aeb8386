"""Commands that estimate from gold and predictions."""

"""Quantities over a corpus, estimated from predictions for all of it and gold for a sample."""

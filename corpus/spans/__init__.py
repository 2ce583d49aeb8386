"""Offsets of spans: bounds, units, tokens, and the alignment of two layers."""

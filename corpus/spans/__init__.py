"""Span offsets: bounds, units, tokens and alignment of layers."""

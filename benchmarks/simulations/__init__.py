"""Simulations: whether intervals hold, tests reject, and plans are kept as often as they say."""

"""The demo: the whole loop on the seed articles."""

"""How many documents an interval of a wanted width, or a test of a wanted difference, needs, told from a pilot."""

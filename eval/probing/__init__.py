"""How far answers follow a change of a codebook or a text."""

"""How scripts and languages write words, numbers and lines."""

"""Check, compare and count records, and find what looks wrong."""

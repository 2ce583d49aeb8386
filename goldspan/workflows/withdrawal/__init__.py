"""Withdraw documents: where they are found, and how they are taken out of each place."""

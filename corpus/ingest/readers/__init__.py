"""Readers of the files that hold articles: decoded text, and rows of tables with their lines."""

"""Readers and writers of tables: a span in each row, or tokens and tags in each row."""

"""Scores for others: files, tables for papers, entries of model cards."""

"""Readers of what models and their libraries write."""

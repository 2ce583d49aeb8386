"""Baselines: systems that are trained on one split of a gold and scored on another."""

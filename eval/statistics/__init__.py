"""Metrics, bootstrap intervals, significance tests and agreement coefficients."""

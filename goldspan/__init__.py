"""Annotation and gold-standard datasets: scheme, suggestions, Label Studio, adjudication, datasets and scores."""

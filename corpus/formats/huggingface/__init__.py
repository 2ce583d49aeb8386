"""Hugging Face datasets: features, files, card and metadata."""

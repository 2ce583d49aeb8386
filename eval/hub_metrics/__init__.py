"""Metrics for the library evaluate of Hugging Face, each a folder that `evaluate.load` takes."""

"""Adapters to other systems: commands, HTTP services, LLMs, spaCy, transformers."""

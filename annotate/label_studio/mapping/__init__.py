"""Mapping between documents with spans and Label Studio's tasks with results."""

"""Synchronisation of documents and annotations with projects of Label Studio."""

"""Build records from articles: sources, manifest, zones, dates."""

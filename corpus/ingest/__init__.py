"""Building of records from articles: sources, manifests, zones and publication dates."""

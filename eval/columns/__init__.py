"""Layers as columns, from which all metrics are computed: of documents in memory, of JSON lines and of Parquet."""

"""Storage of records as JSONL and Parquet."""

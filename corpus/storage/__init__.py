"""Read and write records as JSONL and Parquet."""

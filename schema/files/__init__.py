"""Read and write schemes and single records as TOML and JSON."""

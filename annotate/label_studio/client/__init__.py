"""Client for the HTTP API of a Label Studio server."""

"""Talk to a Label Studio server."""

"""Five news articles about armed conflict, byte for byte as they were collected, and their manifest."""

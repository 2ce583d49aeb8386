"""Taking withdrawn documents out of projects of Label Studio."""

"""Projects in Label Studio: push to them, pull from them, review and share the work."""

"""The embedded Label Studio server: installation, data, start and stop."""

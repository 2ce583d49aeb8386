"""Backups of an embedded server, their way back, and the way of its data to a newer Label Studio, which is both."""

"""The database of an embedded server: which one it has, and goldspan's own PostgreSQL."""

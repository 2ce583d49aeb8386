"""Resolve names to ids: the actor registry and the gazetteer."""

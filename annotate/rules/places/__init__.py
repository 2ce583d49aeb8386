"""LOCATION: names of places, and whether a name is a place or an actor."""

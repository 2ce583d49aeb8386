"""LOCATION: names of places, and whether they act or are where something happens."""

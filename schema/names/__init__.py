"""Names: the ids of actors and places by their names, and the keys of labels."""

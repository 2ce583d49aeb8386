"""Progress of an annotation project: what is done, how long it takes, what suggestions are worth, and when it ends."""

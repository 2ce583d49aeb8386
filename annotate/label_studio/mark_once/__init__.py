"""Mark once: a span that is marked gets its value, and the same words are marked elsewhere, as people annotate."""

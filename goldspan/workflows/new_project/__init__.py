"""A new project folder: scheme, guidelines, settings and first commands, from a few answers or from a template."""

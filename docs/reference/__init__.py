"""Generated pages of the site: command line, Python API, scheme and record format."""

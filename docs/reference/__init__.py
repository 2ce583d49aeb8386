"""The pages of the site that are made of the program: command line, Python, scheme, record format."""

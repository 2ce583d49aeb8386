"""Documents that a project holds in parts: the parts on the server, and people's work on them joined."""

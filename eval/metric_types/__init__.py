"""Types of metrics and their intervals."""

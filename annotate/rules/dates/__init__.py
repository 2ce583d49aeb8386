"""DATE: finding dates and resolving their values."""

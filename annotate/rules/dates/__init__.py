"""DATE: mentions of dates and their resolution."""

"""Files of every version of goldspan, kept for ever, and what they say."""

"""COUNT: amounts and what they count."""

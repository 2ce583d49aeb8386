"""Documents that the installed package carries: the guidelines, which people and models are given."""

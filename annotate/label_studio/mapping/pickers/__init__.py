"""Pickers: ids and dates that annotators choose from lists beside the field in which they could write them."""

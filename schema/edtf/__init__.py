"""Dates in a profile of EDTF (ISO 8601-2), and how to write those that are outside it."""

from .profile import Day, Edtf, edtf_error, fix_of_edtf, parse_edtf

__all__ = ["Day", "Edtf", "edtf_error", "fix_of_edtf", "parse_edtf"]

"""Dates in a profile of EDTF (ISO 8601-2), and how to write those that are outside it."""

from .profile import Day as Day
from .profile import Edtf as Edtf
from .profile import edtf_error as edtf_error
from .profile import fix_of_edtf as fix_of_edtf
from .profile import parse_edtf as parse_edtf

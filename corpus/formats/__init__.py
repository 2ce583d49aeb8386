"""Records in other formats: written with a word on what they cannot hold, read with file and line of every fault."""

from .base import Format, LossReport, ReadReport
from .conversion import export, read_any
from .format_registry import format_of, installed_formats, load_format

__all__ = ["Format", "LossReport", "ReadReport", "export", "format_of", "installed_formats", "load_format", "read_any"]

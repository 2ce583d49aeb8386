"""Readers and writers of other formats, which report what a format cannot hold and locate every error by line.

Examples:
    >>> from pathlib import Path
    >>> from goldspan.corpus import load
    >>> from goldspan.corpus.formats import export_documents, installed_formats, load_format
    >>> "brat" in installed_formats()
    True
    >>> gold = load("gold.jsonl")
    >>> count, loss = export_documents(gold, load_format("conll"), Path("gold.conll"), gold.scheme)
    >>> count, loss.summary()
    (2, [])
"""

from .conversion import export_documents, read_any
from .format_interface import Format, LossReport, ReadReport
from .format_registry import detect_format, installed_formats, load_format

__all__ = [
    "Format",
    "LossReport",
    "ReadReport",
    "detect_format",
    "export_documents",
    "installed_formats",
    "load_format",
    "read_any",
]

"""Readers and writers of other formats, which report what a format cannot hold and locate every error by line.

Examples:
    >>> from pathlib import Path
    >>> from goldspan.corpus import load
    >>> from goldspan.corpus.formats import export_documents, installed_formats, load_writer
    >>> "brat" in installed_formats()
    True
    >>> gold = load("gold.jsonl")
    >>> count, loss = export_documents(gold, load_writer("conll"), Path("gold.conll"), gold.scheme)
    >>> count, loss.summary()
    (2, [])
"""

from ..storage.json_items import numbered_objects
from .conversion import read_any
from .file_sample import FileSample
from .foreign.foreign_format import ForeignFormat
from .foreign.stated_documents import LabelledStatement, StatedDocument
from .format_export import export_documents
from .format_interface import CONTENTS, Format, FormatReader, FormatWriter, ReadOptions, ReadRequest
from .format_registry import detect_format, installed_formats, load_format, load_reader, load_writer
from .transfer_reports import AuditRow, LossReport, ReadReport

__all__ = [
    "CONTENTS",
    "AuditRow",
    "FileSample",
    "ForeignFormat",
    "Format",
    "FormatReader",
    "FormatWriter",
    "LabelledStatement",
    "LossReport",
    "ReadOptions",
    "ReadReport",
    "ReadRequest",
    "StatedDocument",
    "detect_format",
    "export_documents",
    "installed_formats",
    "load_format",
    "load_reader",
    "load_writer",
    "numbered_objects",
    "read_any",
]

"""The formats `xmi` and `cas-json`: UIMA CAS as INCEpTION, WebAnno and other tools of UIMA exchange it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .....schema import DataError, Document, Problem, Scheme, language_error, truncate_problems
from .....schema.files.json_line import parse_line
from ...file_sample import FileSample
from ...foreign.foreign_format import ForeignFormat
from ...foreign.stated_documents import StatedDocument
from ...format_interface import ReadOptions
from ...transfer_reports import LossReport
from ..column_choices import ColumnChoices
from ..safe_xml import first_elements
from .cas_files import StoredCas, first_work, is_zip_of, path_below, stored_cas_files, zipped_head
from .cas_json_reader import STRUCTURES, TYPES, VIEWS, read_cas_json
from .cas_layers import COLUMNS, state_cas
from .cas_structures import CasFile
from .cas_xmi_reader import XMI, read_cas_xmi, read_types


class CasFormat(ForeignFormat):
    """What both share: where the files are, and what becomes of a CAS."""

    file_suffix = ""
    reads_folders = True
    read_options = ("columns", "passes")
    holds: tuple[str, ...] = ("text", "overlaps", "cuts", "annotators")

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each file states."""
        choices = ColumnChoices(options.columns, COLUMNS)
        imported, problems = 0, []
        several = source.is_dir() or is_zip_of(source, self.file_suffix)
        for stored in stored_cas_files(source, self.file_suffix):
            if stored.only_imported:
                imported += 1
                continue
            try:
                stated = state_cas(self.load(stored), choices)
            except DataError as error:
                problems += error.problems
                continue
            if not problems:
                stated.id = stated.id or stored.document or (path_below(stored.path, source) if several else "")
                stated.annotator = stored.annotator
                if (language := stated.meta.get("language")) and language_error(language):
                    stated.meta = {key: item for key, item in stated.meta.items() if key != "language"}
                    stated.left_out["languages that are not BCP 47 tags"] += 1
                if imported:
                    stated.left_out["documents as they were imported, beside their annotations"] += imported
                    imported = 0
                yield stated
        if problems:
            raise DataError(truncate_problems(problems, "problems"))

    def load(self, stored: StoredCas) -> CasFile:
        """Return the contents of a file."""
        raise NotImplementedError


class XmiFormat(CasFormat):
    """CAS as XMI, with the description of its types beside it or in the same zip."""

    name = "xmi"
    summary = "UIMA CAS XMI of INCEpTION and others, with TypeSystem.xml; written as a folder"
    suffixes = (".xmi",)
    file_suffix = ".xmi"
    folder_patterns = ("*.xmi",)
    holds = ("text", "ids", "overlaps", "cuts", "values", "annotators")
    write_extras = ("cas",)

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the root is that of XMI with feature structures, or a zip or a folder has such files."""
        if sample.is_folder:
            work = first_work(sample.path, self.file_suffix)
            is_project = work is not None and self.recognises(FileSample(work))
            return is_project or any(name.lower().endswith((".xmi", ".xmi.gz")) for name in sample.names)
        if sample.head.startswith(b"PK"):
            return is_zip_of(sample.path, self.file_suffix)
        elements = first_elements(sample.head)
        return [(item.name, item.namespace) for item in elements[:1]] == [("XMI", XMI)] and any(
            item.namespace.endswith(".ecore") for item in elements[1:]
        )

    def load(self, stored: StoredCas) -> CasFile:
        """Return the contents of a file."""
        types = read_types(*stored.types) if stored.types else None
        return read_cas_xmi(stored.data, stored.path, types)

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        from .cas_writer import write_cas_files

        return write_cas_files(documents, out, scheme, loss)


class CasJsonFormat(CasFormat):
    """CAS as JSON, which includes its types."""

    name = "cas-json"
    summary = "UIMA CAS JSON of INCEpTION and others"
    file_suffix = ".json"

    def recognises(self, sample: FileSample) -> bool:
        """Return whether every object has the parts of a CAS, or a zip or a folder has such files of a project."""
        if sample.is_folder:
            inner = first_work(sample.path, self.file_suffix)
            samples = list(sample) if inner is None else [FileSample(inner)]
            return bool(samples) and all(self.recognises(item) for item in samples)
        if sample.head.startswith(b"PK"):
            head = zipped_head(sample.path, self.file_suffix)
            return head is not None and (TYPES.encode() in head or STRUCTURES.encode() in head)
        return len(sample.objects) == 1 and sample.objects[0].keys() >= {STRUCTURES, VIEWS}

    def load(self, stored: StoredCas) -> CasFile:
        """Return the contents of a file."""
        data, problem = parse_line(stored.data.removeprefix(b"\xef\xbb\xbf"))
        if problem is not None:
            what = problem.what.replace("the line", "the file").replace("the record", "the file")
            raise DataError(Problem(what, problem.fix, stored.path, problem.line))
        return read_cas_json(data, stored.path)


XMI_FORMAT = XmiFormat()
CAS_JSON = CasJsonFormat()
"""The objects that the entry points name."""

"""Getting a set: what it is and where it comes from is known first; then it is fetched, verified, read and kept."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ...corpus import write_records
from ...corpus.formats import ReadOptions, ReadReport, ReadRequest
from ...corpus.formats.conversion import read_as
from ...corpus.gold_sets.gold_set import STATED, GoldSet, SourceFile
from ...corpus.gold_sets.set_reader import set_reader
from ...corpus.storage.checked import CheckedDocuments
from ...corpus.storage.file_io import unwritable
from ...corpus.storage.label_map import LabelMap, read_label_map
from ...schema import DataError, Document, Problem, UsageError, canonical_language, conflict_scheme, pluralize
from ...schema.errors import unreadable_problem
from ...schema.hashing import json_sha256, sha256_of
from ...schema.progress import Progress, ignore_progress
from .file_fetch import FileFetcher
from .held_sets import (
    LABELS,
    RECORDS,
    SOURCES,
    HeldSet,
    KeptFile,
    SetManifest,
    default_folder,
    held_set,
    lacking_files,
    stored_definition,
    verify,
    with_description,
    write_manifest,
)
from .misplaced_count import MisplacedCount


@dataclass(frozen=True, slots=True)
class SetOffer:
    """What there is to agree to before a set is fetched.

    Attributes:
        gold_set: The set, with its licence and its source.
        sizes: Size of each file in bytes; None if neither the set nor the server states it.
    """

    gold_set: GoldSet
    sizes: tuple[int | None, ...]

    @property
    def size(self) -> int | None:
        """The size of all files in bytes; None if that of one is unknown."""
        known = [size for size in self.sizes if size is not None]
        return sum(known) if len(known) == len(self.sizes) else None


def offer_gold_set(gold_set: GoldSet, *, fetcher: FileFetcher | None = None) -> SetOffer:
    """Return what there is to agree to. Sizes that the set does not state are asked of the server; nothing is stored.

    Raises:
        DependencyError: A server does not respond, or does not have a file.
        UsageError: The set cannot be fetched, or not be read.
    """
    _require_form(gold_set)
    if not gold_set.files:
        raise UsageError(f"{gold_set.name} cannot be fetched. Fix: {gold_set.obtain}, as `source`")
    fetcher = fetcher or FileFetcher()
    sizes = (fetcher.size(file.url) if file.size is None else file.size for file in gold_set.files)
    return SetOffer(gold_set, tuple(sizes))


def get_gold_set(
    gold_set: GoldSet,
    root: Path | None = None,
    *,
    source: Path | None = None,
    labels: Path | None = None,
    language: str | None = None,
    sizes: Sequence[int | None] = (),
    fetcher: FileFetcher | None = None,
    progress: Progress = ignore_progress,
) -> HeldSet:
    """Fetch a set or read a copy of one's own, verify it, and keep its records. The caller has asked for consent.

    A set of one's own that is at hand without its description, because it was stored before these were kept, gets it.

    Args:
        gold_set: The set.
        root: The folder where sets are kept; `default_folder` by default.
        source: A file or folder to read instead of fetching the set.
        labels: A label map instead of that of the set.
        language: Language of documents that state none, as a BCP 47 tag; that of the set or of the copy's name if there
            is one.
        sizes: The size of each file that was agreed to, as in the offer; a file of another size is refused.
        fetcher: Fetches the files.
        progress: Called after each file that was fetched.

    Raises:
        DataError: A file is not the one that the set states or that was agreed to, or cannot be read; or the set is at
            hand, but broken.
        DependencyError: A file cannot be fetched, or the folder not be written.
        UsageError: The set cannot be fetched or read.
    """
    _require_form(gold_set)
    root = default_folder() if root is None else root
    if (held := held_set(gold_set.name, root)) is not None:
        verify(held)
        return with_description(gold_set, held)
    if source is None and not gold_set.files:
        raise UsageError(f"{gold_set.name} cannot be fetched. Fix: {gold_set.obtain}, as `source`")
    mapping = read_label_map(labels or gold_set.label_map, conflict_scheme())
    with _new_folder(root, gold_set.name) as folder:
        if source is None:
            files, agreed = [], sizes or [None] * len(gold_set.files)
            for number, (file, size) in enumerate(zip(gold_set.files, agreed, strict=True), 1):
                files.append(_kept(folder, file, fetcher or FileFetcher(), size))
                progress("fetching files", number, len(gold_set.files))
            place = folder / SOURCES
        else:
            files, place = list(_own_files(source)), source
        language = language or language_of(gold_set, source)
        manifest = _read(gold_set, place, mapping, folder, files, language, is_fetched=source is None)
        shutil.copyfile(labels or gold_set.label_map, folder / LABELS)
        write_manifest(folder, manifest)
    return HeldSet(root / gold_set.name, manifest)


def _require_form(gold_set: GoldSet) -> None:
    if not gold_set.form:
        what = f"{gold_set.name} cannot be read: {gold_set.protocol.differences or 'its form is not known'}"
        raise UsageError(f"{what}. Fix: goldspan gold list")


@contextmanager
def _new_folder(root: Path, name: str) -> Iterator[Path]:
    """Yield a hidden folder that gets its name at the end, and is deleted if anything fails."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root))
        try:
            folder.chmod(0o755)  # that of other folders, which mkdtemp does not give
            yield folder
            folder.rename(root / name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise unwritable(root, error) from error


def _kept(folder: Path, file: SourceFile, fetcher: FileFetcher, agreed: int | None) -> KeptFile:
    """Fetch a file, check it, and write it.

    Raises:
        DataError: Its hash or size is not the one that the set states, or the size not the one that was agreed to.
    """
    data = fetcher.fetch(file.url)
    sha256 = hashlib.sha256(data).hexdigest()
    if file.sha256 not in (None, sha256) or (file.sha256 is None and file.size not in (None, len(data))):
        what = f"the file has {len(data):,} bytes and the SHA-256 {sha256}, and the set states {_stated(file)}"
        fix = "the source may have changed it: look at it, and name a copy that you trust as `source`"
        raise DataError(Problem(what, fix, file.url))
    if agreed not in (None, len(data)):
        what = f"the server sends {len(data):,} bytes, and {agreed:,} were stated and agreed to"
        fix = "get the set again and look at the size, or name a copy that you trust as `source`"
        raise DataError(Problem(what, fix, file.url))
    path = folder / SOURCES / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return KeptFile(file.path, sha256, len(data), file.url)


def _stated(file: SourceFile) -> str:
    return f"{file.sha256}" if file.sha256 is not None else f"{file.size:,} bytes"


def _own_files(source: Path) -> Iterator[KeptFile]:
    """Yield the files of a copy of one's own, with their hashes."""
    paths = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    for path in paths:
        try:
            name = path.relative_to(source).as_posix() if source.is_dir() else path.name
            yield KeptFile(name, sha256_of(path), path.stat().st_size)
        except OSError as error:
            raise DataError(unreadable_problem(error, path)) from error


def _read(
    gold_set: GoldSet,
    place: Path,
    mapping: LabelMap,
    folder: Path,
    files: list[KeptFile],
    language: str | None,
    *,
    is_fetched: bool,
) -> SetManifest:
    """Read the files of a set, write its records, and return its manifest."""
    report = ReadReport()
    scheme = conflict_scheme()
    path = place / gold_set.read if is_fetched and gold_set.read else place
    if is_fetched and not gold_set.read and len(files) == 1:
        path = place / files[0].path
    detected = set_reader(gold_set, path)
    options = ReadOptions(fragments=gold_set.fragments)
    counts, unstated = {"documents": 0, "spans": 0}, Counter[str]()
    request = ReadRequest(scheme, report, mapping, options, language)
    stated = (_in_language(each, language, unstated) for each in read_as(detected, path, request))
    documents = CheckedDocuments(_counted(stated, counts), scheme)
    write_records(folder / RECORDS, documents, scheme)
    if not counts["spans"] and not any(each.path.startswith(STATED) for each in gold_set.protocol.figures):
        fix = "name files with annotations of the set"
        raise DataError(Problem(f"no span of {gold_set.name} in what was read", fix, str(path)))
    notes = [
        *gold_set.doubts,
        *lacking_files(gold_set, files),
        *report.summary(),
        *_dropped(mapping),
        *_unstated(gold_set, unstated),
    ]
    return SetManifest(
        name=gold_set.name,
        title=gold_set.shown("title"),
        licence=gold_set.shown("licence"),
        home=gold_set.shown("home"),
        paper=gold_set.shown("paper"),
        files=files,
        **counts,
        records_sha256=sha256_of(folder / RECORDS),
        scheme=scheme.ref,
        labels_sha256=json_sha256(dict(mapping.labels)),
        notes=[note.replace(str(folder), gold_set.name) for note in notes],
        misplaced=MisplacedCount.of(report),
        definition=stored_definition(gold_set),
    )


def language_of(gold_set: GoldSet, source: Path | None) -> str | None:
    """Return the language of a set that has one, or the one of its languages that the name of a copy states.

    Args:
        gold_set: The set.
        source: The file or folder that is read, such as `BG` or `es-train.txt`; None if the set is fetched.
    """
    languages = gold_set.languages
    if len(languages) > 1:
        words = set() if source is None else set(re.split(r"[^a-z]+", source.absolute().stem.lower()))
        languages = [each for each in languages if each.lower() in words]
    return canonical_language(languages[0]) if len(languages) == 1 else None


def _in_language(document: Document, language: str | None, unstated: Counter[str]) -> Document:
    """Return a document with the language, if it states none; count it if there is no language."""
    if document.meta.language is not None:
        return document
    if language is None:
        unstated["documents"] += 1
        return document
    return msgspec.structs.replace(document, meta=msgspec.structs.replace(document.meta, language=language))


def _unstated(gold_set: GoldSet, unstated: Counter[str]) -> Iterator[str]:
    if count := unstated["documents"]:
        of = f", of a set in {', '.join(gold_set.languages)}" if gold_set.languages else ""
        what = f"the language of {pluralize(count, 'document')} is not stated{of}, and is taken for English"
        yield f"{what}. Fix: if it is another, delete the folder, and name it as --language"


def _counted(documents: Iterable[Document], counts: dict[str, int]) -> Iterator[Document]:
    for document in documents:
        counts["documents"] += 1
        counts["spans"] += len(document.spans)
        yield document


def _dropped(mapping: LabelMap) -> Iterator[str]:
    if mapping.dropped:
        shown = ", ".join(f"{label} {count}" for label, count in sorted(mapping.dropped.items()))
        yield f"dropped by the label map: {shown}"

"""The sets that this machine has: each in a folder with its records, the files they were read from, and a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ...annotate.user_folders import user_data_folder
from ...corpus.gold_sets.catalogue import catalogue, is_known, sets_of_suite
from ...corpus.gold_sets.gold_set import GoldSet, Protocol
from ...corpus.storage.file_io import open_target
from ...corpus.storage.label_map import read_label_map
from ...schema import DataError, Problem, conflict_scheme
from ...schema.errors import unreadable_problem
from ...schema.hashing import json_sha256, sha256_of
from .misplaced_count import MisplacedCount

RECORDS, MANIFEST, SOURCES, LABELS = "gold.jsonl", "manifest.json", "source", "labels.toml"
"""What the folder of a set holds."""

_AGAIN = "delete the folder, and get the set again"


class KeptFile(msgspec.Struct, frozen=True):
    """A file that records were read from.

    Attributes:
        path: Its path below the folder of the sources, or the path of a copy of one's own.
        sha256: Hash of its bytes.
        size: Its size in bytes.
        url: Where it was fetched; None for a copy of one's own.
    """

    path: str
    sha256: str
    size: int
    url: str | None = None


class SetManifest(msgspec.Struct, frozen=True):
    """What is kept of a set.

    Attributes:
        name: Its name.
        title: Its title.
        licence: Its terms.
        home: The page of its authors.
        paper: Its paper.
        files: The files that were read.
        documents: Number of documents.
        spans: Number of spans.
        records_sha256: Hash of the bytes of the records.
        scheme: Name and version of the scheme.
        labels_sha256: Hash of the label map.
        notes: What the reader left out or changed.
        definition: What describes a set that the catalogue does not have; None for one that it has, and for one
            that was stored before descriptions were kept.
        misplaced: What became of spans whose words are not at their offsets.
    """

    name: str
    title: str
    licence: str
    home: str
    paper: str
    files: Sequence[KeptFile]
    documents: int
    spans: int
    records_sha256: str
    scheme: str
    labels_sha256: str
    notes: Sequence[str] = ()
    definition: GoldSet | None = None
    misplaced: MisplacedCount = MisplacedCount()


@dataclass(frozen=True, slots=True)
class HeldSet:
    """A set that is at hand.

    Attributes:
        folder: Its folder.
        manifest: What is kept of it.
    """

    folder: Path
    manifest: SetManifest

    @property
    def records(self) -> Path:
        """The records file."""
        return self.folder / RECORDS


def default_folder() -> Path:
    """Return the folder where sets are kept unless a call names another one."""
    return user_data_folder() / "gold-sets"


def held_set(name: str, root: Path) -> HeldSet | None:
    """Return a set that is at hand; None if it is not. Its records are not compared with the manifest.

    Raises:
        DataError: Its folder has no valid manifest.
    """
    folder = root / name
    if not folder.exists():
        return None
    path = folder / MANIFEST
    try:
        return HeldSet(folder, msgspec.json.decode(path.read_bytes(), type=SetManifest))
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise DataError(Problem(f"not the manifest of a set: {error}", _AGAIN, str(path))) from error


def verify(held: HeldSet) -> None:
    """Check that records, fetched files and the label map are those that the manifest states.

    Raises:
        DataError: A file is missing, or has changed; all of them are named.
    """
    problems: list[Problem] = []
    stated = [(RECORDS, held.manifest.records_sha256)]
    stated += [(f"{SOURCES}/{each.path}", each.sha256) for each in held.manifest.files if each.url is not None]
    for name, sha256 in stated:
        path = held.folder / name
        try:
            if sha256_of(path) != sha256:
                problems.append(Problem("the file is not the one that was stored", _AGAIN, str(path)))
        except OSError as error:
            problems.append(unreadable_problem(error, path))
    path = held.folder / LABELS
    try:
        if labels_sha256(path) != held.manifest.labels_sha256:
            problems.append(Problem("the label map is not the one that was stored", _AGAIN, str(path)))
    except DataError as error:
        problems += error.problems
    if problems:
        raise DataError(problems)


def labels_sha256(path: Path) -> str:
    """Return the hash of what a label map states. Raises DataError if it cannot be read."""
    return json_sha256(dict(read_label_map(path, conflict_scheme()).labels))


def stored_definition(gold_set: GoldSet) -> GoldSet | None:
    """Return what is kept of a set's description beside its files; None if the catalogue has it."""
    return None if is_known(gold_set.name) else msgspec.structs.replace(gold_set, map=LABELS, path="")


def with_description(gold_set: GoldSet, held: HeldSet) -> HeldSet:
    """Return a set at hand with its description, which is stored now if it was stored without one.

    It is not stored for another set than the one at hand, as `differing_facts` tells.

    Raises:
        DependencyError: The manifest cannot be written.
    """
    definition = stored_definition(gold_set)
    if held.manifest.definition is not None or definition is None or differing_facts(gold_set, held):
        return held
    manifest = msgspec.structs.replace(held.manifest, definition=definition)
    write_manifest(held.folder, manifest)
    return HeldSet(held.folder, manifest)


def write_manifest(folder: Path, manifest: SetManifest) -> None:
    """Write the manifest of a set, all of it or nothing. Raises DependencyError if it cannot be written."""
    with open_target(str(folder / MANIFEST)) as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")


def differing_facts(gold_set: GoldSet, held: HeldSet) -> list[str]:
    """Return in what a set at hand is another than the set of its name: files, addresses, labels, description."""
    manifest = held.manifest
    found = list(lacking_files(gold_set, manifest.files))
    addresses = {file.url for file in gold_set.files}
    found += [
        f"{file.path} was fetched from another place: {file.url}"
        for file in manifest.files
        if file.url is not None and file.url not in addresses
    ]
    if gold_set.path:
        labels = dict(read_label_map(gold_set.label_map, conflict_scheme()).labels)
        if labels and json_sha256(labels) != manifest.labels_sha256:
            found.append("its labels were mapped by another label map than that of the set")
    if manifest.definition not in (None, stored_definition(gold_set)):
        found.append("its description has changed since it was stored")
    return found


def lacking_files(gold_set: GoldSet, files: Iterable[KeptFile]) -> Iterator[str]:
    """Yield which files of the set are not among those that were read, as far as their hashes are known."""
    read = {each.sha256 for each in files}
    for file in gold_set.files:
        if file.sha256 is not None and file.sha256 not in read:
            yield f"the copy lacks {file.path} as the set states it, with the SHA-256 {file.sha256}"


@dataclass(frozen=True, slots=True)
class ListedSet:
    """A set of the catalogue, or one of the user's own, and whether it is at hand.

    Attributes:
        gold_set: The set.
        held: What is at hand of it; None if it is not.
        problem: Why what is at hand cannot be used; empty if it can.
    """

    gold_set: GoldSet
    held: HeldSet | None
    problem: str = ""

    @property
    def state(self) -> str:
        """How the set can be had: `at hand`, `undescribed`, `broken`, `get`, `own copy` or `not read`.

        A set of the user's own is undescribed if it was stored before descriptions were kept; no suite has it.
        """
        if self.problem:
            return "broken"
        if self.held is not None:
            return "at hand" if self.gold_set.protocol.figures else "undescribed"
        if not self.gold_set.form:
            return "not read"
        return "get" if self.gold_set.files else "own copy"

    def command(self) -> str:
        """Return the command that gets the set; empty if it is at hand, or goldspan cannot read it."""
        if self.state == "broken" and not is_known(self.gold_set.name):
            return ""  # its description is broken too
        named = {"get": "", "own copy": " --from PATH", "broken": ""}.get(self.state)
        return "" if named is None else f"goldspan gold get {self.gold_set.name}{named}"


def list_suite(suite: str = "", root: Path | None = None) -> list[ListedSet]:
    """Return the sets of the catalogue and those of the user's own that are at hand, by name.

    Args:
        suite: Only those of this suite, and those of which nothing can be read; all by default.
        root: The folder where sets are kept; `default_folder` by default.

    Raises:
        UsageError: There is no suite of the name.
    """
    known = sets_of_suite(suite) if suite else None
    own = [each for each in _own_sets(root or default_folder()) if not suite or _may_belong(each, suite)]
    return sorted([*list_sets(root, known), *own], key=lambda each: each.gold_set.name)


def _may_belong(each: ListedSet, suite: str) -> bool:
    """Return whether a suite has a set, or nobody can know because its description is missing or cannot be read."""
    return each.state in ("broken", "undescribed") or suite in each.gold_set.suites


def _own_sets(root: Path) -> Iterator[ListedSet]:
    """Yield the sets in a folder that the catalogue does not have."""
    for path in sorted(root.glob(f"*/{MANIFEST}")):
        name = path.parent.name
        if name.startswith(".") or is_known(name):
            continue
        try:
            held = held_set(name, root)
        except DataError as error:
            yield ListedSet(_undescribed(name), None, " ".join(error.lines))
        else:
            if held is not None:
                yield ListedSet(held.manifest.definition or _undescribed(name, held.manifest.title), held)


def _undescribed(name: str, title: str = "") -> GoldSet:
    """Return a set of which nothing but its name and title is known."""
    fix = "goldspan gold get FILE, with the file that describes it (.toml)"
    nothing = Protocol("", "", [], differences=f"stored without its description, so it is in no suite. Fix: {fix}")
    return GoldSet(name, title or name, [], [], "", "", "", "", "", nothing, obtain="describe it again")


def list_sets(root: Path | None = None, sets: Sequence[GoldSet] | None = None) -> list[ListedSet]:
    """Return sets, and which of them are at hand.

    Args:
        root: The folder where sets are kept; `default_folder` by default.
        sets: The sets; all of the catalogue by default.
    """
    found = []
    for each in catalogue() if sets is None else sets:
        try:
            found.append(ListedSet(each, held_set(each.name, root or default_folder())))
        except DataError as error:
            found.append(ListedSet(each, None, " ".join(error.lines)))
    return found

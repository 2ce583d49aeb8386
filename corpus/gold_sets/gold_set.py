"""What is known of a set of gold: its source, its terms, its labels, its protocol and what was published of it.

A set is described by a TOML file, and its labels by a label map beside it (`corpus/storage/label_map.py`). Nobody can
know the hash of a file that they have not read: such a file has none, and whoever fetches it first sees and keeps it.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import msgspec

from ...schema import DataError, Problem, canonical_language
from ...schema.files.toml_document import TomlDocument, TomlPath, read_toml

SUITES = ("conflict", "places", "dates", "counts")
"""The suites, by what their sets are about."""

STATED = "stated."
"""How the paths of figures begin that compare values of documents whose places the gold does not state."""

STATED_FIGURES = ("f1", "precision", "recall")
"""These figures."""

FACTS = ("title", "languages", "licence", "home", "paper", "form", "map", "protocol", "files", "obtain", "published")
"""What a set states that may be unverified."""

MOST_NEARBY = 20
"""By how many characters spans may be moved at most."""

_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PLACE = re.compile(r"\.([a-z_0-9]+)|\[([0-9]+|\.\.\.)\]")


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a set.

    Attributes:
        url: Where it is.
        path: Where it is kept, relative to the folder of the sources, with `/`.
        sha256: Hash of its bytes; None if it is not known.
        size: Its size in bytes; None if it is not known.
    """

    url: str
    path: str
    sha256: str | None = None
    size: int | None = None


class ProtocolFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure by which the papers of a set compare systems.

    Attributes:
        name: What the papers call it.
        path: Its path in scores, such as `spans.strict.labels.LOCATION.f1`; or `stated.f1`, `stated.precision` or
            `stated.recall`, of values that the gold states of documents without their places.
        unit: Which of the predicted values are compared with those that are stated; all by default.
    """

    name: str
    path: str
    unit: str = ""


class Protocol(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the papers of a set score.

    Attributes:
        spans: Which spans the gold marks.
        match: When a span counts as found.
        figures: The figures, the main one first.
        distance: How far a place may be from the gold's; empty if no distance is measured.
        values: When a value is right; empty if values are not compared.
        differences: How our figures differ from those of the papers; empty if they do not.
    """

    spans: str
    match: str
    figures: list[ProtocolFigure]
    distance: str = ""
    values: str = ""
    differences: str = ""


class ReportedFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure that was published.

    Attributes:
        figure: The name of the figure, which need not be one of the protocol.
        system: The system.
        value: The value; shares are between 0 and 1.
        source: Where it was published.
        note: What it cannot be compared without.
    """

    figure: str
    system: str
    value: float
    source: str
    note: str = ""


class GoldSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set of gold.

    Attributes:
        name: Its name in calls.
        title: Its title.
        suites: The suites that it belongs to.
        languages: Languages of its texts.
        licence: Its terms, as its source states them; what is not stated is said.
        home: The page of its authors.
        paper: Its paper.
        form: How it is read: a format, or a reader of this package; empty if goldspan cannot read it.
        map: The label map, relative to the file of the set.
        protocol: How its papers score.
        files: Its files; empty if they cannot be fetched without asking somebody.
        obtain: How to get a copy that is not fetched; empty if it is.
        read: What is read, relative to the folder of the sources; empty for all of it.
        fragments: What becomes of discontinuous spans, as in `ReadOptions`.
        nearby: Within how many characters of its offsets the words of a span may stand, as in `NearbySpans`; 0 if spans
            must fit their texts.
        published: Figures that were published.
        unverified: Which of these facts nobody verified, each with what is not sure about it, or why.
        path: The file that describes it.
    """

    name: str
    title: str
    suites: list[str]
    languages: list[str]
    licence: str
    home: str
    paper: str
    form: str
    map: str
    protocol: Protocol
    files: list[SourceFile] = []
    obtain: str = ""
    read: str = ""
    fragments: str = ""
    nearby: int = 0
    published: list[ReportedFigure] = []
    unverified: dict[str, str] = {}
    path: str = ""

    @property
    def label_map(self) -> Path:
        """The file of the label map."""
        return Path(self.path).parent / self.map

    @property
    def doubts(self) -> list[str]:
        """What nobody verified, a line for each fact."""
        return [f"not verified: {fact}: {why}" for fact, why in self.unverified.items()]

    def shown(self, fact: str) -> str:
        """Return a fact that is text, with a remark if nobody verified it."""
        return f"{getattr(self, fact)}{' (not verified)' if fact in self.unverified else ''}"

    @property
    def size(self) -> int | None:
        """The size of all files in bytes; None if that of one is not known."""
        sizes = [file.size for file in self.files if file.size is not None]
        return sum(sizes) if self.files and len(sizes) == len(self.files) else None


def read_gold_set(path: Path) -> GoldSet:
    """Read the description of a set.

    Raises:
        DataError: It cannot be read, lacks something, or states something impossible, with the line.
    """
    document = read_toml(path, "describe a set as those in goldspan's folder corpus/gold_sets/sets are")
    try:
        found = msgspec.convert(dict(document.values), GoldSet)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        fix = "see docs/benchmarks.md for what a set states"
        raise DataError(document.problem(_place(place.rstrip("`")), what[0].lower() + what[1:], fix)) from error
    if problems := list(_problems(found, document)):
        raise DataError(problems)
    return msgspec.structs.replace(found, path=str(path))


def _place(text: str) -> TomlPath:
    parts = [name or (0 if number == "..." else int(number)) for name, number in _PLACE.findall(text)]
    return tuple(parts)


def _problems(found: GoldSet, document: TomlDocument) -> list[Problem]:
    """Return what a set states that cannot be."""
    problems: list[Problem] = []

    def add(at: TomlPath, what: str, fix: str) -> None:
        problems.append(document.problem(at, what, fix))

    if not _NAME.fullmatch(found.name):
        add(("name",), f"the name {found.name!r} is not one of a folder", "lower-case letters, digits and hyphens")
    for tag in found.languages:
        if canonical_language(tag) is None:
            add(("languages",), f"{tag!r} is not a language tag", "a BCP 47 tag such as de or pt-BR")
    for suite in found.suites:
        if suite not in SUITES:
            add(("suites",), f"unknown suite {suite!r}", f"one of {', '.join(SUITES)}")
    for fact, why in found.unverified.items():
        if fact not in FACTS:
            add(("unverified", fact), f"{fact!r} is no fact that can be unverified", f"one of {', '.join(FACTS)}")
        elif not why.strip():
            add(("unverified", fact), f"nothing is said of {fact!r}", "say what is not sure about it, or why")
    if not found.protocol.figures:
        add(("protocol", "figures"), "the protocol has no figure", "name one with its path in scores")
    for number, figure in enumerate(found.protocol.figures):
        if figure.path.startswith(STATED) and figure.path.removeprefix(STATED) not in STATED_FIGURES:
            known = ", ".join(f"{STATED}{name}" for name in STATED_FIGURES)
            add(("protocol", "figures", number, "path"), f"unknown figure {figure.path!r}", f"one of {known}")
        if figure.unit and not figure.path.startswith(STATED):
            add(("protocol", "figures", number, "unit"), "`unit` has no effect here", f"a path such as {STATED}recall")
    if not found.files and not found.obtain:
        add((), "the set has neither `files` nor `obtain`", "say where it is, or how to get it")
    places = [PurePosixPath(file.path.casefold()) for file in found.files]  # some systems take A and a for one
    for number, file in enumerate(found.files):
        at = ("files", number)
        if not is_safe_path(file.path) or places.count(places[number]) > 1:
            add((*at, "path"), f"{file.path!r} is not a path of its own below a folder", "a relative path, once")
        elif any(places[number] in other.parents for other in places):
            add((*at, "path"), f"{file.path!r} is a file, and the folder of another", "give it another name")
        if not is_fetchable(file.url):
            add((*at, "url"), f"{file.url!r} is not an address that can be fetched", "https://HOST/PATH")
        if file.sha256 is not None and not _HASH.fullmatch(file.sha256):
            add((*at, "sha256"), f"{file.sha256!r} is not a SHA-256", "64 hexadecimal digits, or leave it out")
    if not 0 <= found.nearby <= MOST_NEARBY:
        add(("nearby",), f"{found.nearby} is not a distance of a few characters", f"from 0 to {MOST_NEARBY}")
    if found.read and not is_safe_path(found.read):
        add(("read",), f"{found.read!r} is not a path below a folder", "a relative path")
    return problems


def is_safe_path(path: str) -> bool:
    """Return whether a path stays below the folder that it is relative to, on every system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and not set('\\:*?"<>|\0') & set(path)


def is_fetchable(url: str) -> bool:
    """Return whether an address can be fetched: over TLS, or from this machine, and without a password in it."""
    try:
        parts = urlsplit(url)
        is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
        known = parts.scheme == "https" or (parts.scheme == "http" and is_here)
        return known and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False

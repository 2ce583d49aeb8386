"""Who reads what: a plan that stays as it is when documents are added, so that nobody's work is handed to another.

The plan hangs on documents' ids alone, never on their order in a file: which are read by several, which are shown
without suggestions, who reads which. New documents are planned to even out what everybody has to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import msgspec

from ....corpus.storage.file_io import open_writer
from ....schema import DataError, Document, Problem, UsageError, os_error_hint

VERSION = 1


class DocumentAssignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one document is read.

    Attributes:
        annotators: Who reads it.
        blind: Whether they see no suggestions.
    """

    annotators: tuple[str, ...]
    blind: bool = False


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who reads what.

    Attributes:
        version: Of the file's form.
        title: Of the projects; an annotator's name is added to it.
        annotators: In the order given.
        overlap: How many read a document, on the average.
        blind: Share of the documents that are shown without suggestions.
        servers: Whether each annotator has a server of her own, called after her.
        documents: By id.
        left: Annotators who have left: their work counts, and they get no more documents.
    """

    version: int
    title: str
    annotators: tuple[str, ...]
    overlap: float
    blind: float
    servers: bool
    documents: dict[str, DocumentAssignment]
    left: tuple[str, ...] = ()

    @property
    def working(self) -> tuple[str, ...]:
        """The annotators who have not left."""
        return tuple(name for name in self.annotators if name not in self.left)

    def of(self, annotator: str) -> dict[str, DocumentAssignment]:
        """What an annotator reads, by document."""
        return {name: reading for name, reading in self.documents.items() if annotator in reading.annotators}

    def project(self, annotator: str) -> str:
        """Title of an annotator's project."""
        return f"{self.title} - {annotator}"


def make_plan(
    documents: Iterable[Document],
    annotators: Sequence[str],
    *,
    title: str,
    overlap: float = 1.0,
    blind: float = 0.0,
    servers: bool = False,
    before: Plan | None = None,
) -> Plan:
    """The plan for documents; those that a plan has already keep their readers.

    Args:
        documents: With their texts.
        annotators: Names, without those who have left.
        title: Of the projects.
        overlap: How many read a document: 1 for no double work, 1.2 for a fifth of the documents read by two.
        blind: Share of the documents without suggestions, 0 to 1.
        servers: Whether each annotator has a server of her own.
        before: The plan so far.

    Raises:
        UsageError: Names that are none or stand twice, an overlap or share that cannot be, or against the plan so far:
            another title, annotators gone, or one who has left.
    """
    _check(annotators, overlap, blind, before, title)
    lengths = {document.id: len((document.text or "").split()) for document in documents}
    held = dict(before.documents) if before else {}
    fresh = sorted((name for name in lengths if name not in held), key=lambda name: _hash("order", name))
    blinds = _quota("blind", fresh, blind * (len(held) + len(fresh)) - sum(reading.blind for reading in held.values()))
    reach = min(overlap, len(annotators))  # fewer may be left than once planned to read a document
    least = int(reach)
    more = _quota(
        "overlap",
        fresh,
        (reach - least) * (len(held) + len(fresh)) - sum(len(r.annotators) > least for r in held.values()),
    )
    load = Counter(dict.fromkeys(annotators, 0))
    met: Counter[frozenset[str]] = Counter()  # words that two read both
    for name, reading in held.items():
        _take(load, met, reading.annotators, lengths.get(name, 0))
    for name in fresh:
        chosen: list[str] = []
        while len(chosen) < least + (name in more):
            # whoever has least to read, and has read least with those chosen; a hash parts those who are equal
            apart = {one: sum(met[frozenset((one, other))] for other in chosen) for one in annotators}
            rank = {one: (load[one] + len(annotators) * apart[one], load[one], _hash(one, name)) for one in annotators}
            chosen.append(min((one for one in annotators if one not in chosen), key=rank.__getitem__))
        _take(load, met, chosen, lengths[name])
        held[name] = DocumentAssignment(tuple(one for one in annotators if one in chosen), name in blinds)
    known, left = (before.annotators, before.left) if before else ((), ())
    everybody = tuple(dict.fromkeys((*known, *annotators)))
    return Plan(VERSION, title, everybody, overlap, blind, servers, dict(sorted(held.items())), left)


def hand_over(
    plan: Plan, leaver: str, words: Mapping[str, int], to: Sequence[str], has: Mapping[str, Collection[str]]
) -> Plan:
    """The plan after an annotator has left, whose open documents others read, evened out by words.

    A document goes to nobody who reads it already, so it can end up with a reader less. Whether it is blind stays.

    Args:
        plan: So far.
        leaver: Who leaves.
        words: Of the documents that she has open, by id.
        to: Who gets them.
        has: Documents that these have at the server, by name, whatever the plan says.
    """
    documents = dict(plan.documents)
    may = {
        name: [one for one in to if one not in documents[name].annotators and name not in has.get(one, ())]
        for name in words
    }
    load = Counter(dict.fromkeys(to, 0))
    # first those with the least choice, then the longest: what comes last evens out
    for name in sorted(words, key=lambda name: (len(may[name]), -words[name], _hash("order", name))):
        readers = {one for one in documents[name].annotators if one != leaver}
        # one who has a document that nobody else reads is its reader, whatever the plan said
        if pool := may[name] or ([] if readers else to):
            chosen = min(pool, key=lambda one: (load[one], _hash(one, name)))
            load[chosen] += words[name]
            readers.add(chosen)
        documents[name] = _read_by(plan, name, readers)
    left = plan.left if leaver in plan.left else (*plan.left, leaver)
    return msgspec.structs.replace(plan, documents=documents, left=left)


def give_back(plan: Plan, annotator: str, names: Collection[str]) -> Plan:
    """The plan with an annotator as a reader of documents too, beside those who read them."""
    back = {name: _read_by(plan, name, {*plan.documents[name].annotators, annotator}) for name in names}
    return msgspec.structs.replace(plan, documents=plan.documents | back)


def _read_by(plan: Plan, name: str, readers: Collection[str]) -> DocumentAssignment:
    ordered = tuple(one for one in plan.annotators if one in readers)
    return msgspec.structs.replace(plan.documents[name], annotators=ordered)


def read_plan(path: Path) -> Plan:
    """The plan of a file.

    Raises:
        DataError: The file is none.
    """
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=Plan)
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(path))) from error
    except msgspec.MsgspecError as error:
        raise DataError(Problem(f"no plan: {error}", "`studio push --annotators` writes one", str(path))) from error
    if plan.version != VERSION:
        raise DataError(Problem(f"a plan of version {plan.version}", f"this version reads {VERSION}", str(path)))
    return plan


def write_plan(path: Path, plan: Plan) -> None:
    """Writes a plan, whole or not at all.

    Raises:
        DependencyError: The file cannot be written.
    """
    with open_writer(str(path)) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")


def words_per_annotator(plan: Plan) -> Mapping[str, tuple[int, int, int]]:
    """Documents of each annotator: all, those that another reads too, those without suggestions."""
    told = {}
    for annotator in plan.annotators:
        own = plan.of(annotator).values()
        told[annotator] = (len(own), sum(len(r.annotators) > 1 for r in own), sum(r.blind for r in own))
    return told


def _take(load: Counter[str], met: Counter[frozenset[str]], readers: Sequence[str], words: int) -> None:
    """Counts a document's words for its readers, and for each two of them."""
    for one in readers:
        load[one] += words
    for two in combinations(readers, 2):
        met[frozenset(two)] += words


def _quota(what: str, names: Sequence[str], count: float) -> set[str]:
    """So many of the names, chosen by a hash."""
    return set(sorted(names, key=lambda name: _hash(what, name))[: max(0, round(count))])


def _hash(*parts: str) -> bytes:
    return sha256("\0".join(parts).encode()).digest()


def _check(annotators: Sequence[str], overlap: float, blind: float, before: Plan | None, title: str) -> None:
    if not annotators or len(set(annotators)) != len(annotators) or not all(name.strip() for name in annotators):
        raise UsageError("--annotators: Fix: names joined by commas, none empty and none twice")
    fewer = bool(before and before.left)
    if overlap < 1 or (overlap > len(annotators) and not fewer):
        raise UsageError(f"--overlap {overlap:g}: Fix: between 1 and {len(annotators)}, the number of annotators")
    if not 0 <= blind <= 1:
        raise UsageError(f"--blind {blind:g}: Fix: a share between 0 and 1")
    if before is None:
        return
    if before.title != title:
        raise UsageError(
            f"the plan is for projects {before.title!r}. Fix: --project {before.title!r}, or another --plan"
        )
    working = {one for reading in before.documents.values() for one in reading.annotators}
    if back := [name for name in annotators if name in before.left]:
        raise UsageError(
            f"{', '.join(back)} left this plan. Fix: leave the name out, or give somebody new another name"
        )
    if gone := sorted(working - set(annotators) - set(before.left)):
        raise UsageError(f"{', '.join(gone)} of the plan would be left out. Fix: name them too, or another --plan")

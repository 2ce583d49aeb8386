"""Assignment of documents to annotators: a plan that stays stable when documents are added.

The plan depends on documents' ids alone, never on their order in a file: which documents are read by several
annotators, which are shown without suggestions, and who reads which. New documents are assigned so that everybody has
equally much to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from ....corpus.storage.file_io import open_writer
from ....schema import DataError, Document, Problem, UsageError
from ....schema.errors import unreadable_problem
from ....schema.hashing import draw_key

VERSION = 1


class DocumentAssignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Assignment of one document.

    Attributes:
        annotators: Who reads it.
        blind: Whether they see no suggestions.
    """

    annotators: tuple[str, ...]
    blind: bool = False


class _PlanHeader(msgspec.Struct):
    version: int


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Assignment of documents to annotators.

    Attributes:
        version: Version of the file format.
        title: Title of the projects, to which an annotator's name is appended.
        annotators: Annotators in the order given.
        overlap: Average number of annotators per document.
        blind: Share of the documents that are shown without suggestions.
        servers: Whether each annotator has their own server, named after them.
        documents: Assignments by document id.
        left: Annotators who have left: their work remains, and they get no more documents.
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
        """Annotators who have not left."""
        return tuple(name for name in self.annotators if name not in self.left)

    def of(self, annotator: str) -> dict[str, DocumentAssignment]:
        """Return an annotator's assignments by document id."""
        return {name: assignment for name, assignment in self.documents.items() if annotator in assignment.annotators}

    def project(self, annotator: str) -> str:
        """Return the title of an annotator's project."""
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
    """Return a plan for documents; those in an earlier plan keep their annotators.

    Args:
        documents: Documents with texts.
        annotators: Names of the annotators, without those who have left.
        title: Title of the projects.
        overlap: Average number of annotators per document: 1 for no double annotation, 1.2 for a fifth of the documents
            read by two.
        blind: Share of the documents without suggestions, 0 to 1.
        servers: Whether each annotator has their own server.
        before: The earlier plan.

    Raises:
        UsageError: Names are empty or duplicated, the overlap or share is out of range, or the earlier plan has another
            title, annotators that are missing, or one who has left.
    """
    _check_parameters(annotators, overlap, blind, before, title)
    lengths = {document.id: len((document.text or "").split()) for document in documents}
    assignments = dict(before.documents) if before else {}
    new = sorted((name for name in lengths if name not in assignments), key=lambda name: draw_key("order", name))
    total = len(assignments) + len(new)
    blind_before = sum(assignment.blind for assignment in assignments.values())
    blind_names = _choose_by_hash("blind", new, blind * total - blind_before)
    per_document = min(overlap, len(annotators))  # annotators may have left since the overlap was planned
    least = int(per_document)
    extra_before = sum(len(assignment.annotators) > least for assignment in assignments.values())
    names_with_extra = _choose_by_hash("overlap", new, (per_document - least) * total - extra_before)
    load = Counter(dict.fromkeys(annotators, 0))
    shared: Counter[frozenset[str]] = Counter()  # words that two annotators both read
    for name, assignment in assignments.items():
        _count_words(load, shared, assignment.annotators, lengths.get(name, 0))
    for name in new:
        chosen: list[str] = []
        while len(chosen) < least + (name in names_with_extra):
            # whoever has least to read and shares least with those already chosen; a hash breaks ties
            overlaps = {reader: sum(shared[frozenset((reader, other))] for other in chosen) for reader in annotators}
            rank = {
                reader: (load[reader] + len(annotators) * overlaps[reader], load[reader], draw_key(reader, name))
                for reader in annotators
            }
            chosen.append(min((reader for reader in annotators if reader not in chosen), key=rank.__getitem__))
        _count_words(load, shared, chosen, lengths[name])
        in_order = tuple(reader for reader in annotators if reader in chosen)
        assignments[name] = DocumentAssignment(in_order, name in blind_names)
    known, left = (before.annotators, before.left) if before else ((), ())
    everybody = tuple(dict.fromkeys((*known, *annotators)))
    return Plan(VERSION, title, everybody, overlap, blind, servers, dict(sorted(assignments.items())), left)


def reassign_documents(
    plan: Plan, leaver: str, words: Mapping[str, int], to: Sequence[str], has: Mapping[str, Collection[str]]
) -> Plan:
    """Return the plan after an annotator has left, with their open documents reassigned evenly by words.

    No document goes to anybody who already reads it, so it can end up with one annotator less. Whether it is blind does
    not change.

    Args:
        plan: The plan so far.
        leaver: Annotator who leaves.
        words: Number of words of each document that they have open, by id.
        to: Annotators who get the documents.
        has: Documents that these have on the server, by annotator, whatever the plan says.
    """
    documents = dict(plan.documents)
    candidates = {
        name: [reader for reader in to if reader not in documents[name].annotators and name not in has.get(reader, ())]
        for name in words
    }
    load = Counter(dict.fromkeys(to, 0))
    # first those with the fewest candidates, then the longest: the last ones even out the load
    for name in sorted(words, key=lambda name: (len(candidates[name]), -words[name], draw_key("order", name))):
        readers = {reader for reader in documents[name].annotators if reader != leaver}
        # if nobody else reads a document, one who already has it may be chosen, whatever the plan said
        if pool := candidates[name] or ([] if readers else to):
            chosen = min(pool, key=lambda reader: (load[reader], draw_key(reader, name)))
            load[chosen] += words[name]
            readers.add(chosen)
        documents[name] = _with_readers(plan, name, readers)
    left = plan.left if leaver in plan.left else (*plan.left, leaver)
    return msgspec.structs.replace(plan, documents=documents, left=left)


def restore_annotator(plan: Plan, annotator: str, names: Collection[str]) -> Plan:
    """Return the plan with an annotator as a reader of documents again, in addition to their current readers."""
    restored = {name: _with_readers(plan, name, {*plan.documents[name].annotators, annotator}) for name in names}
    return msgspec.structs.replace(plan, documents=plan.documents | restored)


def _with_readers(plan: Plan, name: str, readers: Collection[str]) -> DocumentAssignment:
    in_order = tuple(reader for reader in plan.annotators if reader in readers)
    return msgspec.structs.replace(plan.documents[name], annotators=in_order)


def read_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises:
        DataError: The file cannot be read or is not a plan.
    """
    try:
        data = path.read_bytes()
        version = msgspec.json.decode(data, type=_PlanHeader).version
        if version != VERSION:  # before its other keys, of which a newer one may have more
            message = f"unsupported plan version {version}"
            raise DataError(Problem(message, f"this version of goldspan reads {VERSION}", str(path)))
        return msgspec.json.decode(data, type=Plan)
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise DataError(
            Problem(f"not a plan: {error}", "`goldspan studio push --annotators` writes one", str(path))
        ) from error


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan atomically.

    Raises:
        DependencyError: The file cannot be written.
    """
    with open_writer(str(path)) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")


def documents_per_annotator(plan: Plan) -> Mapping[str, tuple[int, int, int]]:
    """Return each annotator's number of documents: all, those that others read too, those without suggestions."""
    counts = {}
    for annotator in plan.annotators:
        assignments = plan.of(annotator).values()
        shared = sum(len(assignment.annotators) > 1 for assignment in assignments)
        counts[annotator] = (len(assignments), shared, sum(assignment.blind for assignment in assignments))
    return counts


def _count_words(load: Counter[str], shared: Counter[frozenset[str]], readers: Sequence[str], words: int) -> None:
    """Add a document's words to its readers, and to each pair of them."""
    for reader in readers:
        load[reader] += words
    for pair in combinations(readers, 2):
        shared[frozenset(pair)] += words


def _choose_by_hash(purpose: str, names: Sequence[str], count: float) -> set[str]:
    """Return that many of the names, rounded, chosen by a hash."""
    return set(sorted(names, key=lambda name: draw_key(purpose, name))[: max(0, round(count))])


def _check_parameters(annotators: Sequence[str], overlap: float, blind: float, before: Plan | None, title: str) -> None:
    if not annotators or len(set(annotators)) != len(annotators) or not all(name.strip() for name in annotators):
        raise UsageError("`annotators`: empty or duplicate names. Fix: list distinct names, separated by commas")
    may_exceed = bool(before and before.left)
    if overlap < 1 or (overlap > len(annotators) and not may_exceed):
        raise UsageError(
            f"`overlap` {overlap:g}: out of range. Fix: between 1 and {len(annotators)}, the number of annotators"
        )
    if not 0 <= blind <= 1:
        raise UsageError(f"`blind` {blind:g}: out of range. Fix: a share between 0 and 1")
    if before is None:
        return
    if before.title != title:
        raise UsageError(
            f"the plan is for the projects {before.title!r}. Fix: {before.title!r} as `title`, or another `plan`"
        )
    working = {name for assignment in before.documents.values() for name in assignment.annotators}
    if returning := [name for name in annotators if name in before.left]:
        raise UsageError(
            f"{', '.join(returning)} left this plan. Fix: omit the name, or give a new person another name"
        )
    if missing := sorted(working - set(annotators) - set(before.left)):
        raise UsageError(
            f"{', '.join(missing)} of the plan would be left out. Fix: name them too, or use another `plan`"
        )

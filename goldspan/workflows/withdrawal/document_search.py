"""Find documents in files: what their texts are, which files hold them, and which only tell of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ...corpus.inspection.near_duplicates import DuplicatePair, NearDuplicates
from ...corpus.withdrawal.file_contents import ItemKind, item_kind, stated_items
from ...corpus.withdrawal.file_removal import count_withdrawn
from ...corpus.withdrawal.item_matching import stated_document, withdrawn_item
from ...corpus.withdrawal.leftovers import Traces, traces_in
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from ...schema import DataError, DependencyError, Document
from ...schema.extras import missing_extras
from ...schema.progress import Progress, report_each


@dataclass(slots=True)
class SearchedFiles:
    """What a search in files found.

    Attributes:
        kinds: How documents stand in each file.
        texts: The texts of each document, by id.
        holding: Number of items about the documents, by file.
        traces: What other files tell of the documents, as in `traces_in`.
        unread: Files that cannot be read.
        matched: Hashes of the ids of the documents that files hold something about.
    """

    kinds: dict[Path, ItemKind] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)
    holding: dict[Path, int] = field(default_factory=dict)
    traces: dict[Path, str] = field(default_factory=dict)
    unread: set[Path] = field(default_factory=set)
    matched: set[str] = field(default_factory=set)


def find_texts(files: Iterable[Path], ids: Collection[str], progress: Progress) -> SearchedFiles:
    """Return the texts that files have of documents, and how documents stand in each file."""
    found = SearchedFiles()
    wanted = frozenset(ids)
    for path in report_each(files, "looking for the texts", progress):
        try:
            kind = item_kind(path)
            found.kinds[path] = kind
            for item in stated_items(path, kind):
                stated = stated_document(item)
                if stated and stated[0] in wanted:
                    found.texts.setdefault(stated[0], set()).add(stated[1])
        except (DataError, DependencyError, OSError, ValueError):
            found.kinds[path] = "other"
            found.unread.add(path)
    return found


def find_items(found: SearchedFiles, withdrawn: WithdrawnDocuments, traces: Traces, progress: Progress) -> None:
    """Find what files hold of withdrawn documents, and what the others tell of them."""
    for path in report_each(found.kinds, "looking for the documents", progress):
        kind = found.kinds[path]
        if path not in found.unread and (counts := count_withdrawn(path, kind, withdrawn)):
            found.holding[path] = counts.total()
            found.matched.update(counts)
        if told := "unread" if path in found.unread else file_traces(path, kind, traces, withdrawn):
            found.traces[path] = told


def file_traces(path: Path, kind: ItemKind, traces: Traces, withdrawn: WithdrawnDocuments) -> str:
    """Return what `traces_in` does; also `unread` if what reads the file is not installed."""
    try:
        return traces_in(path, kind, traces, withdrawn)
    except DependencyError:  # of a kind that an extra reads
        return "unread"


def near_copies(
    found: SearchedFiles, texts: Iterable[tuple[str, str]], withdrawn: WithdrawnDocuments
) -> list[DuplicatePair] | None:
    """Return the documents with nearly the text of a withdrawn one; None if what compares them is not installed."""
    if missing_extras("a search for near-duplicates", "duplicates"):
        return None
    near = NearDuplicates()
    sources = {name for name, _ in texts}
    for name, text in texts:
        near.add(Document(id=name, text=text, spans=()))
    if not sources:
        return []
    for path, kind in found.kinds.items():
        if kind == "other" or path in found.unread:
            continue
        for item in stated_items(path, kind):
            stated = stated_document(item)
            if stated and withdrawn_item(item, withdrawn) is None:
                near.add(Document(id=stated[0], text=stated[1], spans=()))
    pairs = (pair for pair in near.pairs if pair.earlier in sources and pair.later not in sources)
    return sorted(pairs, key=lambda pair: (pair.earlier, pair.later))

"""Leave withdrawn documents out of what is read or written, and count what was left out and why.

Lists are found as `goldspan.toml` is: in the folder of each file of a call, in the working directory, and in all
folders above them, up to the home folder. All lists that are found apply, so that a list deep in a folder hides none.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ...schema import DataError, Document, Problem, pluralize
from ...schema.files.addresses import is_address
from ...schema.hashing import sha256_hex
from ..storage.checked import Checked, CheckedDocuments
from ..storage.file_io import STANDARD
from .same_text import letters_sha256
from .withdrawal_list import LIST_NAME, Withdrawal, id_hash, in_force, read_list

_MOST_SHOWN = 10
_PART = re.compile(r"(.+) part [1-9][0-9]*", re.DOTALL)  # as in `part_id`


class WithdrawnDocuments:
    """The withdrawals that apply to some files.

    Args:
        withdrawals: The withdrawals in force.
        lists: The files that they are from.

    Attributes:
        withdrawals: The withdrawals.
        lists: The files.
        left_out: Number of documents that were left out, by withdrawal and by what matched: `id` or `text`.
    """

    def __init__(self, withdrawals: Iterable[Withdrawal], lists: Iterable[Path] = ()) -> None:
        self.withdrawals = list(withdrawals)
        self.lists = list(lists)
        self.left_out: Counter[tuple[Withdrawal, str]] = Counter()
        self._by_id = {item.id_sha256: item for item in self.withdrawals}
        self._by_text = {item.text_sha256: item for item in self.withdrawals if item.text_sha256}
        self._of_letters = {item.letters_sha256: item for item in self.withdrawals if item.letters_sha256}

    def __bool__(self) -> bool:
        """Return whether anything is withdrawn."""
        return bool(self.withdrawals)

    @property
    def sources(self) -> str:
        """The lists, for messages."""
        return ", ".join(map(path_from_here, self.lists))

    def by_id(self, name: object) -> Withdrawal | None:
        """Return the withdrawal of an id, or of the document that an id names a part of (`ID part 2`), or None."""
        if not isinstance(name, str) or not self._by_id:
            return None
        whole = _PART.fullmatch(name)
        return self._by_id.get(id_hash(name)) or (self._by_id.get(id_hash(whole[1])) if whole else None)

    def by_text(self, text: object) -> Withdrawal | None:
        """Return the withdrawal of a text, by the rule of `same_text`, or None."""
        return self.by_letters(letters_sha256(text)) if isinstance(text, str) and self._of_letters else None

    def by_letters(self, digest: str | None) -> Withdrawal | None:
        """Return the withdrawal of a text by the hash of its letters, or None."""
        return self._of_letters.get(digest) if digest else None

    def by_hash(self, text_sha256: object) -> Withdrawal | None:
        """Return the withdrawal of a text by its hash, or None."""
        return self._by_text.get(text_sha256) if isinstance(text_sha256, str) else None

    def match(self, document: Document) -> tuple[Withdrawal, str] | None:
        """Return the withdrawal of a document, with what matched, or None."""
        if found := self.by_id(document.id):
            return found, "id"
        found = self.by_hash(document.text_sha256) or self.by_text(document.text)
        return (found, "text") if found else None

    def keep(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Return the documents that are not withdrawn, and count the others; the mark of checked ones stays."""
        kept = self._kept(documents) if self else iter(documents)
        return CheckedDocuments(kept, documents.checked_by) if isinstance(documents, Checked) else kept

    def kept_silently(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Return as `keep` without counting: of further layers of documents that are counted already."""
        return (document for document in documents if self.match(document) is None) if self else iter(documents)

    def leaves_out(self, document: Document) -> bool:
        """Return whether a document is withdrawn, and count it if it is."""
        found = self.match(document) if self else None
        if found is not None:
            self.left_out[found] += 1
        return found is not None

    def notes(self) -> list[str]:
        """Return a line on how many documents were left out, and one on each withdrawal behind it."""
        if not self.left_out:
            return []
        total = pluralize(self.left_out.total(), "withdrawn document")
        lines = [f"left out: {total}, by {self.sources}"]
        for (item, how), count in list(self.left_out.items())[:_MOST_SHOWN]:
            what = item.name if how == "id" else f"the text of {item.name} under another id"
            times = f" ({count} times)" if count > 1 else ""
            lines.append(f"  {what}{times}: withdrawn on {item.date}, {item.reason}")
        if len(self.left_out) > _MOST_SHOWN:
            lines.append(f"  and {len(self.left_out) - _MOST_SHOWN} more")
        return lines

    def nothing_left(self, source: str) -> DataError:
        """Return the error of a source all of whose documents were left out."""
        count = pluralize(self.left_out.total(), "document")
        fix = f"name a source that has others; see {self.sources}"
        return DataError(Problem(f"all it has is withdrawn: {count}", fix, source))

    def tell(self, note: Callable[[str], None]) -> None:
        """Call a function with each of the notes."""
        for line in self.notes():
            note(line)

    def to_dict(self) -> dict[str, Any]:
        """Return what was left out as JSON-compatible data; an empty mapping if nothing was."""
        items = [
            {"id": item.id, "id_sha256": item.id_sha256, "by": how, "documents": count}
            | {"date": item.date, "reason": item.reason}
            for (item, how), count in self.left_out.items()
        ]
        return {"withdrawn": items} if items else {}

    def _kept(self, documents: Iterable[Document]) -> Iterator[Document]:
        return (document for document in documents if not self.leaves_out(document))


def path_from_here(path: Path) -> str:
    """Return a path as it is shown: relative to the working directory if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def warn_left_out(line: str) -> None:
    """Warn the caller of a workflow of a document that was left out."""
    warnings.warn(line, stacklevel=4)


def find_withdrawn(*paths: object) -> WithdrawnDocuments:
    """Return the withdrawals that apply to a call.

    Args:
        paths: What the call reads and writes; whatever is not the path of a file or folder here is ignored.

    Raises:
        DataError: A list is invalid.
    """
    lists: dict[Path, None] = {}
    for folder in dict.fromkeys([Path.cwd(), *filter(None, map(folder_of, paths))]):
        lists.update(dict.fromkeys(lists_above(folder)))
    read = {path: read_list(path) for path in lists}
    return WithdrawnDocuments((item for lines in read.values() for item in in_force(lines)), read)


def lists_above(folder: Path) -> list[Path]:
    """Return the lists in a folder and in those above it, up to the home folder or the root."""
    try:
        home = Path.home()
    except RuntimeError:
        home = None
    found = []
    for parent in (folder, *folder.parents):
        if (parent / LIST_NAME).is_file():
            found.append(parent / LIST_NAME)
        if parent == home:
            break
    return found


def folder_of(path: object) -> Path | None:
    """Return the folder of a file that is or will be here, or the folder itself; None for anything else."""
    if not isinstance(path, str | Path) or str(path) in ("", STANDARD) or is_address(str(path)):
        return None
    place = Path(path).absolute()
    while not place.is_dir() and place != place.parent:  # also of a pattern, or a folder that is not made yet
        place = place.parent
    return place.resolve()


def text_hashes(text: str | None) -> dict[str, str | int | None]:
    """Return what a withdrawal states of a text: both hashes and the length."""
    if text is None:
        return {"text_sha256": None, "letters_sha256": None, "length": None}
    return {"text_sha256": sha256_hex(text), "letters_sha256": letters_sha256(text), "length": len(text)}

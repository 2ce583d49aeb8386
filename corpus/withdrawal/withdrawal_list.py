"""The list of withdrawn documents, `withdrawn.jsonl`: what was withdrawn, when and why, without a word of its text.

Lines are only ever added. A later line may undo an earlier one, with a reason of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from ...schema import DataError, Problem
from ...schema.hashing import sha256_hex
from ..storage.file_io import open_writer
from ..storage.json_lines import parse_lines
from ..storage.shards.shard_listing import LIST_OF_WITHDRAWN as LIST_NAME

AskedBy = Literal["author", "publisher", "person", "annotator", "authority", "owner"]
"""Who asked for a withdrawal: `person` is one whom the text is about, `owner` whoever owns the corpus."""

__all__ = ["LIST_NAME", "AskedBy", "Withdrawal", "add_to_list", "id_hash", "in_force", "is_address_like", "read_list"]

_ADDRESS = re.compile(r"[/\\@]|^\w+:")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the list.

    Attributes:
        date: Day of the withdrawal, `YYYY-MM-DD`.
        reason: Why, in words that anybody may read.
        id: Id of the document; None if it is an address, which may name a person.
        id_sha256: Hash of the id, by which it is found even then.
        text_sha256: Hash of the text; None if no place had the text.
        letters_sha256: Hash of the text's letters, as in `same_text`; None likewise.
        length: Length of the text in code points; None likewise.
        asked_by: Who asked; None if that was not said.
        undone: Whether this line ends the withdrawal of the id, and the document may come back.
    """

    date: str
    reason: str
    id: str | None
    id_sha256: str
    text_sha256: str | None = None
    letters_sha256: str | None = None
    length: int | None = None
    asked_by: AskedBy | None = None
    undone: bool = False

    @property
    def name(self) -> str:
        """How the document is called where people read of it: its id, or the beginning of the hash of its id."""
        return repr(self.id) if self.id is not None else f"sha256:{self.id_sha256[:12]}"


def is_address_like(name: str) -> bool:
    """Return whether an id is an address, a path or a name with an @, and may so tell whom a text is about."""
    return _ADDRESS.search(name) is not None


def id_hash(name: str) -> str:
    """Return the hash of an id."""
    return sha256_hex(name.encode("utf-8", "replace").decode())


def read_list(path: Path) -> list[Withdrawal]:
    """Return the lines of a list, in its order.

    Raises:
        DataError: A line is no withdrawal.
    """
    fix = "restore the line as goldspan wrote it; goldspan withdraw ID --undo ends a withdrawal"
    return list(parse_lines(path, Withdrawal, _checked, noun="a withdrawal", fix=fix))


def in_force(lines: Iterable[Withdrawal]) -> list[Withdrawal]:
    """Return the withdrawals that no later line undoes, each text of an id once, the newest of them."""
    current: dict[tuple[str, str | None], Withdrawal] = {}
    for line in lines:
        if line.undone:
            current = {key: other for key, other in current.items() if key[0] != line.id_sha256}
        else:
            current[line.id_sha256, line.text_sha256] = line
    return list(current.values())


def add_to_list(path: Path, lines: Sequence[Withdrawal]) -> int:
    """Add lines that a list does not have yet; return their number. The file is replaced atomically.

    Raises:
        DataError: As in `read_list`.
        DependencyError: The file cannot be written.
    """
    earlier = read_list(path) if path.is_file() else []
    current = {(line.id_sha256, line.text_sha256) for line in in_force(earlier)}
    withdrawn = {key for key, _ in current}
    new = [
        line
        for line in lines
        if (line.id_sha256 in withdrawn if line.undone else (line.id_sha256, line.text_sha256) not in current)
    ]
    if new:
        with open_writer(str(path)) as stream:
            stream.writelines(msgspec.json.encode(line) + b"\n" for line in [*earlier, *new])
    return len(new)


def _checked(line: Withdrawal) -> Withdrawal:
    if not _DAY.fullmatch(line.date) or not line.reason.strip():
        raise DataError(Problem("the withdrawal has no day or no reason", "state both"))
    return line

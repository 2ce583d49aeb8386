"""What commands say of the pseudonyms of annotators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from ..schema.errors import pluralize
from .console import note

if TYPE_CHECKING:
    from ..workflows.privacy.published_names import PublishedNames


def shown_key(path: Path) -> str:
    """Return the path of the key, from the working folder if it is in it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


@contextmanager
def noting_new_key(*places: object) -> Iterator[None]:
    """Tell at the end that a key was made, if one was; the places are those of `key_path`."""
    from ..corpus.privacy.name_key import key_path

    path = key_path(*places)
    existed = path.exists()
    yield
    if not existed and path.exists():
        _note_new_key(path)


def note_pseudonyms(published: PublishedNames | None) -> None:
    """Tell that annotators have pseudonyms, and that the key to them was made; nothing if nobody has one."""
    if published is None:
        return
    if published.key.made:
        _note_new_key(published.key.path)
    if published.persons:
        note(
            f"note: pseudonyms for {pluralize(published.persons, 'person')}: {_names_command(published.key.path)} says "
            "who they are, --names keeps names"
        )


def _names_command(path: Path) -> str:
    """Return the command that tells who the pseudonyms of a key are, if it is called here."""
    from ..corpus.privacy.name_key import key_path

    return "goldspan corpus names" if key_path() == path else f"goldspan corpus names --of {quote(str(path.parent))}"


def _note_new_key(path: Path) -> None:
    note(f"made {shown_key(path)}, which says who each pseudonym is: keep a copy, and publish it nowhere")

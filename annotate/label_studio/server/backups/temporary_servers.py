"""Places for a server beside another one, for as long as a backup, a restore or an upgrade needs them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..data_switch import beside
from ..databases.database_preparation import stop_database
from ..paths import ServerPaths
from ..process import stop_process
from ..state import read_state

_PURPOSES = ("checking", "restoring", "upgrading")


@contextmanager
def temporary_server(paths: ServerPaths, what: str) -> Iterator[ServerPaths]:
    """Yield an empty place for a server beside another; whatever runs there is stopped, and what is left is deleted."""
    assert what in _PURPOSES
    place = beside(paths, what)
    _discard(place)  # of a run that was killed
    try:
        yield place
    finally:
        _discard(place)


def discard_temporary_servers(paths: ServerPaths) -> list[Path]:
    """Delete what runs that were killed have left beside a server whose lock is held; return the folders."""
    left = [place for what in _PURPOSES if (place := beside(paths, what)).folder.exists()]
    for place in left:
        _discard(place)
    return [place.folder for place in left]


def _discard(place: ServerPaths) -> None:
    if not place.folder.exists():
        return
    state = read_state(place)
    if state is not None and state.alive:
        stop_process(state.pid, state.identity, grace=10.0)
    stop_database(place)
    shutil.rmtree(place.folder)

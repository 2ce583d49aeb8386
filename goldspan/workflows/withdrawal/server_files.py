"""Files of goldspan's own server, beside its database, that tell of withdrawn documents."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ...annotate.label_studio.server.data_switch import kept_folder
from ...annotate.label_studio.server.erased_pages import LISTS
from ...annotate.label_studio.server.paths import studio_paths
from ...corpus.withdrawal.file_contents import plain_kind
from ...corpus.withdrawal.leftovers import Traces
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from .document_search import file_traces
from .project_places import all_files


def find_exports(server: str, projects: Collection[int], traces: Traces) -> list[Path]:
    """Return the copies that Label Studio keeps of exports of projects, which nobody needs, if they tell of documents.

    Args:
        server: Name of the server.
        projects: The server's ids of the projects.
        traces: What tells of the documents.
    """
    folder = studio_paths().server(server).data / "export"
    own = [path for number in projects for path in sorted(folder.glob(f"project-{number}-at-*"))]
    telling = [path for path in own if _told(path, traces)]
    beside = (path.with_name(f"{path.stem}-info.json") for path in telling)
    return [*telling, *(path for path in beside if path.is_file())]


def find_uploads(server: str, traces: Traces) -> dict[Path, str]:
    """Return what people uploaded, or had exported as a snapshot, that tells of documents; see `traces_in`."""
    files = all_files([studio_paths().server(server).data / "media"])
    told = {path: _told(path, traces) for path in files if not path.match(LISTS)}
    return {path: what for path, what in told.items() if what}


def put_away(server: str) -> list[str]:
    """Return what is said of the data that restores and upgrades of a server have put away, if there is any."""
    kept = kept_folder(studio_paths().server(server))
    if not kept.is_dir() or not any(kept.iterdir()):
        return []
    fix = "goldspan studio upgrade --forget, and delete what a restore has put there"
    return [f"the data of before in {kept}, which upgrades and restores have put away. Fix: {fix}"]


def _told(path: Path, traces: Traces) -> str:
    return file_traces(path, plain_kind(path), traces, WithdrawnDocuments(()))

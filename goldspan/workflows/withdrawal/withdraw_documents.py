"""Withdraw documents from a project: its list, its files, its projects of Label Studio, and the answers of models.

Everything is searched before anything is changed. Then the list is written, so that nothing comes back whatever happens
next; then each place is changed as a whole, and one that holds nothing any more is left alone. So a withdrawal that was
interrupted is completed by the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.server.lock import hold_lock
from ...corpus.formats.text_leaks import TextLeakDetector
from ...corpus.storage.shards.run_state import forget_shard
from ...corpus.withdrawal.file_contents import plain_kind, whole_json
from ...corpus.withdrawal.file_removal import remove_withdrawn
from ...corpus.withdrawal.item_matching import is_plan
from ...corpus.withdrawal.leftovers import Traces
from ...corpus.withdrawal.withdrawal_list import (
    AskedBy,
    Withdrawal,
    add_to_list,
    id_hash,
    in_force,
    is_address_like,
    read_list,
)
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, path_from_here, text_hashes
from ...schema import Scheme, UsageError, pluralize
from ...schema.progress import Progress, ignore_progress
from ..privacy.published_names import known_pseudonyms, persons_in
from .document_search import SearchedFiles, file_traces, find_items, find_texts, near_copies
from .edition_changelog import CHANGELOG, forget_withdrawals, note_withdrawals, read_changelog
from .model_answers import find_answers
from .project_places import ProjectPlaces, all_files, list_places, project_places
from .server_files import find_exports, find_uploads, put_away
from .studio_withdrawal import (
    StudioPlaces,
    erase_from_server,
    find_in_studio,
    list_studio,
    remove_from_studio,
    studio_places,
)
from .withdrawal_summary import WithdrawalSummary

_ELSEWHERE = (
    "datasets that were published, on the hub or elsewhere, and copies that others made of them",
    "backups of this machine and of servers, and copies of files in other folders",
)


def withdraw_documents(
    ids: Sequence[str],
    reason: str,
    scheme: Scheme,
    *,
    corpora: Sequence[str] = (),
    asked_by: AskedBy | None = None,
    full_id: bool = False,
    unseen: bool = False,
    studio: StudioClient | None = None,
    no_studio: str = "",
    titles: Sequence[str] = (),
    dry_run: bool = False,
    today: Callable[[], date] = date.today,
    progress: Progress = ignore_progress,
) -> WithdrawalSummary:
    """Withdraw documents from the project that the working directory is in.

    Args:
        ids: Ids of the documents.
        reason: Why, in words that anybody may read: the list and the next edition's changelog have it.
        scheme: Scheme of the projects of Label Studio.
        corpora: Further corpora, outside the folder of the project.
        asked_by: Who asked.
        full_id: Whether the list has ids as they are that look like addresses.
        unseen: Whether documents may be withdrawn that no place has.
        studio: The server to search; None if there is none.
        no_studio: Why no server is searched, for the owner to know; empty if there is none.
        titles: Titles of projects; by default those named after the scheme, and those of the plans of the project.
        dry_run: Whether nothing is changed.
        today: Returns the day of the withdrawal.
        progress: Called now and then.

    Raises:
        DataError: A list or a changelog is invalid, or a corpus does not exist.
        DependencyError: A file cannot be written, the key to the pseudonyms cannot be read, or the server does not
            answer; the same call completes it.
        UsageError: No place has a document, the reason quotes its text, or there is no project to search.
    """
    places = project_places(corpora)
    lists = list_places(places, corpora)
    for folder in places.editions:
        read_changelog(folder)  # it is written last
    with _locked(lists, dry_run=dry_run, progress=progress):
        known = [item for path in lists if path.is_file() for item in in_force(read_list(path))]
        found = find_texts(places.files, ids, progress)
        servers = _server(studio, titles, scheme, found) if studio else None
        if servers:
            list_studio(servers, ids, progress)
        texts = {
            name: found.texts.get(name, set()) | (servers.texts.get(name, set()) if servers else set()) for name in ids
        }
        _require_silent(reason, texts)
        withdrawals = _withdrawals(ids, texts, known, reason, asked_by, today(), full_id=full_id)
        withdrawn = WithdrawnDocuments([*withdrawals, *_of(known, ids)])
        all_texts = sorted(text for own in texts.values() for text in own)
        traces = Traces(ids, all_texts)
        find_items(found, withdrawn, traces, progress)
        summary = WithdrawalSummary(withdrawals, lists, dry_run=dry_run, searched=len(found.kinds))
        summary.persons = persons_in(reason, places.root)
        summary.removed = {path_from_here(path): count for path, count in found.holding.items()}
        told = {path: what for path, what in found.traces.items() if path not in found.holding or what == "text"}
        summary.traces = {path_from_here(path): what for path, what in told.items()}
        kept = all_files([*places.published, *places.exports])
        published = ((path, file_traces(path, plain_kind(path), traces, WithdrawnDocuments(()))) for path in kept)
        summary.published = {path_from_here(path): what for path, what in published if what}
        pairs = near_copies(found, [(name, text) for name in ids for text in sorted(texts[name])], withdrawn)
        summary.near, summary.near_searched = pairs or [], pairs is not None
        answers, exports = find_answers(all_texts), list[Path]()
        summary.deleted = [path_from_here(path) for path in answers]
        if servers:
            summary.servers = [servers.api.connection.url]
            summary.projects, others = find_in_studio(servers, withdrawn)
            summary.unreached += others
            if server := servers.api.connection.server:
                exports = find_exports(server, [project.id for project in servers.own], traces)
                summary.traces |= {path_from_here(path): what for path, what in find_uploads(server, traces).items()}
                summary.unreached += put_away(server)
        summary.exports = [path_from_here(path) for path in exports]
        summary.unreached += [no_studio] if no_studio else []
        summary.unreached += [f"the history of the repository {path_from_here(path)}" for path in places.repositories]
        summary.unreached += [
            f"the linked folder {path_from_here(path)}. Fix: --corpus names what it leads to" for path in places.linked
        ]
        summary.unreached += _ELSEWHERE
        if not unseen:
            _require_seen(ids, texts, known, found.matched, summary)
        if not dry_run:
            _take_out(summary, places, found, servers, withdrawn, [*answers, *exports], scheme)
        return summary


def undo_withdrawal(
    ids: Sequence[str],
    reason: str,
    *,
    corpora: Sequence[str] = (),
    asked_by: AskedBy | None = None,
    dry_run: bool = False,
    today: Callable[[], date] = date.today,
) -> WithdrawalSummary:
    """End the withdrawal of documents, so that they may come back; what was taken out is not restored.

    Arguments are those of `withdraw_documents`.

    Raises:
        DataError: A list or a changelog is invalid.
        UsageError: A document is not withdrawn.
    """
    places = project_places(corpora)
    lists = [path for path in list_places(places, corpora) if path.is_file()]
    with _locked(lists, dry_run=dry_run):
        known = {item.id_sha256: item for path in lists for item in in_force(read_list(path))}
        ends = []
        for name in ids:
            earlier = known.get(id_hash(name))
            if earlier is None:
                where = ", ".join(map(str, lists)) or f"no list in {places.root}"
                raise UsageError(f"{name!r} is not withdrawn ({where}). Fix: the id of a document that is")
            ends.append(
                Withdrawal(today().isoformat(), reason, earlier.id, earlier.id_sha256, asked_by=asked_by, undone=True)
            )
        summary = WithdrawalSummary(ends, lists, dry_run=dry_run, persons=persons_in(reason, places.root))
        if not dry_run:
            for folder in places.editions:  # first: a list that has the lines refuses the same call again
                if forget_withdrawals(folder, ends):
                    summary.changelogs.append(path_from_here(folder / CHANGELOG))
            summary.added = max((add_to_list(path, ends) for path in lists), default=0)
        return summary


def _delete(lock: Path) -> None:
    with suppress(OSError):  # Windows keeps a file that is open
        lock.unlink()


@contextmanager
def _locked(lists: Sequence[Path], *, dry_run: bool, progress: Progress = ignore_progress) -> Iterator[None]:
    """Hold the locks of lists for a whole command: two at once would each write the list without the other's lines."""
    with ExitStack() as stack:
        for path in sorted(() if dry_run else lists):
            lock = path.with_name(f".{path.name}.lock")
            stack.enter_context(hold_lock(lock, lambda: progress("waiting for another withdrawal", 0, 0)))
            stack.callback(_delete, lock)  # while it is held: who waits for a file that is gone opens a new one
        yield


def _server(studio: StudioClient, titles: Sequence[str], scheme: Scheme, found: SearchedFiles) -> StudioPlaces:
    """Return the projects to search: those named, or else those of the scheme and of the plans that were found."""
    planned = set(titles)
    if not titles:
        for path, kind in found.kinds.items():
            data = whole_json(path) if kind == "json" else None
            if is_plan(data) and isinstance(data.get("title"), str):
                planned |= {f"{data['title']} - {name}" for name in data["annotators"]}
    places = studio_places(studio, planned, scheme, named=bool(titles))
    for title in titles:
        if all(project.title != title for project in places.own):
            shown = ", ".join(repr(project.title) for project in places.others[:10]) or "it has none"
            raise UsageError(f"the server has no project {title!r}. Fix: one of {shown} for `titles`")
    return places


def _withdrawals(
    ids: Sequence[str],
    texts: dict[str, set[str]],
    known: Sequence[Withdrawal],
    reason: str,
    asked_by: AskedBy | None,
    day: date,
    *,
    full_id: bool,
) -> list[Withdrawal]:
    """Return a withdrawal for each text of each document; what the list has is not stated anew."""
    current = {(item.id_sha256, item.text_sha256): item for item in known}
    lines = []
    for name in ids:
        shown = name if full_id or not is_address_like(name) else None
        digest = id_hash(name)
        earlier = [item for item in known if item.id_sha256 == digest]
        own: list[str | None] = [*sorted(texts[name])]
        for text in own or ([] if earlier else [None]):
            hashes = text_hashes(text)
            line = Withdrawal(day.isoformat(), reason, shown, digest, **hashes, asked_by=asked_by)  # type: ignore[arg-type]
            lines.append(current.get((digest, line.text_sha256), line))
        lines += [] if own else earlier
    return lines


def _of(known: Sequence[Withdrawal], ids: Sequence[str]) -> list[Withdrawal]:
    digests = set(map(id_hash, ids))
    return [item for item in known if item.id_sha256 in digests]


def _require_silent(reason: str, texts: dict[str, set[str]]) -> None:
    """Refuse a reason that quotes a text, since the list and the changelog would."""
    for name, own in texts.items():
        if any(TextLeakDetector(text).quotes_text(reason) for text in own):
            raise UsageError(f"`reason` quotes the text of {name!r}. Fix: say it without words of the text")


def _require_seen(
    ids: Sequence[str],
    texts: dict[str, set[str]],
    known: Sequence[Withdrawal],
    matched: Collection[str],
    summary: WithdrawalSummary,
) -> None:
    """Refuse ids that neither a place nor a list has: they may be mistyped."""
    seen = {item.id_sha256 for item in known} | set(matched)
    missing = [name for name in ids if not texts[name] and id_hash(name) not in seen]
    if missing:
        shown = ", ".join(map(repr, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        where = f"{pluralize(summary.searched, 'file')}{''.join(f' and {server}' for server in summary.servers)}"
        fix = "check the id, name further corpora as `corpora`, or use `unseen` to keep it out all the same"
        raise UsageError(f"no document {shown} in what was searched: {where}. Fix: {fix}")


def _take_out(
    summary: WithdrawalSummary,
    places: ProjectPlaces,
    found: SearchedFiles,
    servers: StudioPlaces | None,
    withdrawn: WithdrawnDocuments,
    needless: Sequence[Path],
    scheme: Scheme,
) -> None:
    """Change everything, the list first, and delete files that nobody needs."""
    summary.added = max(add_to_list(path, summary.withdrawals) for path in summary.lists)
    if servers and summary.projects:
        remove_from_studio(servers, summary.projects, withdrawn, scheme)
    if servers and (left := erase_from_server(servers)):
        summary.unreached.append(left)
    for path in needless:
        path.unlink(missing_ok=True)
    for path in found.holding:
        forget_shard(path)
        remove_withdrawn(path, found.kinds[path], withdrawn)
    names = known_pseudonyms(places.root)
    for folder in places.editions:
        if note_withdrawals(folder, [replace(item, reason=names.text(item.reason)) for item in summary.withdrawals]):
            summary.changelogs.append(path_from_here(folder / CHANGELOG))

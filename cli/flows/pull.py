"""People's work in a project of Label Studio, back to files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...annotate.studio import Api
from ...annotate.studio.project import find_project, still_there, titles
from ...annotate.studio.pull import owner_first, read_work
from ...annotate.studio.store import Store
from ...annotate.studio.work import annotators
from ...corpus import write_records
from ...schema import Problem, Scheme, SurroundingsError, UsageError, sha256_hex

_LONGEST_NAME = 120
_LISTED = 10  # titles of projects in an error
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)  # by Windows


@dataclass(frozen=True, slots=True)
class PullDone:
    """A pull.

    Attributes:
        files: Annotator and number of documents by file.
        read: Tasks that were read.
        whole: Whether all were.
        problems: What makes no valid span.
        remarks: What a person should know.
        kept: How much is kept in the `extra` of layers, by its key there.
    """

    files: dict[str, tuple[str, int]]
    read: int
    whole: bool
    problems: list[Problem]
    remarks: list[str]
    kept: Counter[str]

    @classmethod
    def together(cls, parts: Sequence[PullDone]) -> PullDone:
        """Several pulls as one."""
        return cls(
            files={path: item for part in parts for path, item in part.files.items()},
            read=sum(part.read for part in parts),
            whole=all(part.whole for part in parts),
            problems=[problem for part in parts for problem in part.problems],
            remarks=[remark for part in parts for remark in part.remarks],
            kept=sum((part.kept for part in parts), Counter()),
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "files": [
                {"path": path, "annotator": who, "documents": count} for path, (who, count) in self.files.items()
            ],
            "tasks_read": self.read,
            "whole": self.whole,
            "problems": [
                {"task": problem.path, "document": problem.document, "what": problem.what, "fix": problem.fix}
                for problem in self.problems
            ],
            "remarks": self.remarks,
            "kept": dict(self.kept),
        }


def pull_files(
    api: Api,
    out: Path,
    scheme: Scheme,
    *,
    title: str | None = None,
    annotator: str = "",
    owner: str = "",
    carry: bool = False,
) -> PullDone:
    """Brings people's work to files. Beside them stays what the server said, so that the next pull asks for less.

    Args:
        api: The server.
        out: A records file, for one annotator; a folder, which gets a file of each.
        scheme: Of the project.
        title: Of the project.
        annotator: Only this one's work.
        owner: Whoever the project is planned for: its layer, whatever the accounts are called that worked there.
        carry: As in `read_work`.

    Raises:
        DataError: No project of that title.
        SurroundingsError: The server does not answer, or the files cannot be written.
        UsageError: One file for several annotators, or no work of the annotator named.
    """
    project = find_project(api, title or scheme.ref)
    if project is None:
        there = titles(api, _LISTED)
        fix = f"--project TITLE, as of {', '.join(map(repr, there))}; or push first" if there else "push first"
        raise UsageError(f"the server has no project {title or scheme.ref!r}. Fix: {fix}")
    folder = out.is_dir() or not out.suffix
    if folder:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SurroundingsError(f"{out}: {error.strerror}. Fix: name another folder with --out") from error
    hidden = f".{_file_name(owner)}.work.zst" if owner else ".work.zst"
    store = Store(out / hidden if folder else out.with_name(f".{out.name}.work.zst"))
    with still_there(api, project, "Fix: push again, or name another with --project"):
        read, whole = store.update(api, project)
    names = annotators(api)
    accounts = owner_first(owner, names, store.tasks_by_user())
    pulled = read_work(store.in_order(), project, names, scheme, carry=carry, owner=owner, accounts=accounts)
    if owner and len(accounts) > 1:
        first, *others = (names.get(user, f"user-{user}") for user in accounts)
        told = f"in the project of {owner}, {first} counts before {', '.join(others)}, who worked there too"
        pulled.remarks.append(f"{project.url}: {told}")
    layers = {name: layer for name, layer in pulled.layers.items() if not annotator or name == annotator}
    if annotator and not layers:
        known = ", ".join(sorted(pulled.layers)) or "nobody yet"
        raise UsageError(f"no work of {annotator!r} in {project.title!r}. Fix: one of {known}")
    if not folder and len(layers) > 1:
        who = ", ".join(sorted(layers))
        raise UsageError(
            f"{out} is for one annotator, and there are {who}. Fix: --annotator NAME, or a folder for --out"
        )
    files: dict[str, tuple[str, int]] = {}
    for who, layer in sorted(layers.items()):
        path = out / f"{_file_name(who)}.jsonl" if folder else out
        files[str(path)] = (who, write_records(path, (layer[key] for key in sorted(layer)), scheme))
    if not folder and not layers:
        write_records(out, (), scheme)
        files[str(out)] = ("nobody", 0)
    store.save(api, project)
    return PullDone(files, read, whole, pulled.problems, pulled.remarks, pulled.kept)


def _file_name(annotator: str) -> str:
    """A name that is a file's everywhere, and no two annotators' the same.

    What may not stand in one is written as its code point; of a long one stands the beginning, with a hash.
    """
    name = "".join(c if c.isalnum() or c in "@._-" else f"%{ord(c):x}" for c in annotator) or "%"
    if name.startswith(".") or _RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):x}{name[1:]}"
    if len(name.encode()) > _LONGEST_NAME:
        name = f"{name.encode()[:60].decode(errors='ignore')}%{sha256_hex(annotator)[:16]}"
    return name

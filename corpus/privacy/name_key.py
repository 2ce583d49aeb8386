"""The key of a project: a file of its owner only that says which pseudonym stands for whom.

It is `.goldspan/names.json` in the project's folder, or the file that GOLDSPAN_NAME_KEY names, and is made when the
first pseudonym is needed. Pseudonyms are numbers in
the order of the key, where new names come in a random order, so that nothing about a name follows from its number.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...schema import DataError, DependencyError, Problem, UsageError, os_error_hint
from ...schema.files.private_files import write_private
from ..withdrawal.withdrawn_documents import folder_of
from .annotator_names import PSEUDONYM, folded_name, is_nobodys

KEY = Path(".goldspan") / "names.json"
"""Path of the key in the project's folder."""

VARIABLE = "GOLDSPAN_NAME_KEY"
"""Environment variable that names another file."""

_PROJECT = "goldspan.toml"
_LOCK = ".lock"
_MADE = ".made"  # of the file that stays when the key is lost, and so tells that there was one
_FORM = 'write {"pseudonyms": {"NAME": "annotator-1"}}, or restore the file from a backup'


@dataclass(frozen=True, slots=True)
class NameKey:
    """A key, as it was read or extended.

    Attributes:
        path: The file.
        pseudonyms: Pseudonym by name. Several names of one person have one pseudonym; names that differ
            only as `folded_name` says are one name.
        made: Whether the file was made by this call.
    """

    path: Path
    pseudonyms: Mapping[str, str]
    made: bool = False

    def names(self) -> dict[str, list[str]]:
        """Return the names behind each pseudonym, in the order of the key."""
        by_pseudonym: dict[str, list[str]] = {}
        for name, pseudonym in self.pseudonyms.items():
            by_pseudonym.setdefault(pseudonym, []).append(name)
        return by_pseudonym


def key_path(*places: object) -> Path:
    """Return where the key of the project is, or would be.

    That is the file that GOLDSPAN_NAME_KEY names, if it is set. Otherwise it is in the nearest folder that has a key,
    from those of the places and then the working folder up to the home folder or the root; else in the nearest with a
    `goldspan.toml`; else in the working folder.

    Args:
        places: What a call reads and writes; whatever is not the path of a file or folder here is ignored.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser().absolute()
    return _nearest_key([*filter(None, map(folder_of, places)), Path.cwd().absolute()])


def key_of(place: Path) -> Path:
    """Return where the key of the project that a file or folder is in is, or would be, wherever the call is made.

    It is looked for from the place upwards, as in `key_path`, else it would be in the folder of the place.

    Raises:
        UsageError: GOLDSPAN_NAME_KEY names the one key there is.
    """
    if named := os.environ.get(VARIABLE):
        fix = f"leave one of them out, as in: env -u {VARIABLE} goldspan corpus names --of {shlex.quote(str(place))}"
        raise UsageError(f"`of` {place}: has no effect with {VARIABLE}, which names {named}. Fix: {fix}")
    folder = folder_of(place) or place
    return _nearest_key([folder.parent if folder.name == KEY.parent.name else folder])


def _nearest_key(starts: Sequence[Path]) -> Path:
    """Return the nearest key from some folders upwards; where there is none, where the last of them would have it."""
    folders = list(dict.fromkeys(up for start in starts for up in _upwards(start)))
    for parent in folders:
        if (parent / KEY).is_file() or (parent / KEY).with_suffix(_MADE).is_file():
            return parent / KEY
    return next((parent for parent in folders if (parent / _PROJECT).is_file()), starts[-1]) / KEY


def read_key(path: Path) -> NameKey | None:
    """Read a key; return None if there is none and never was.

    Raises:
        DataError: The file is no key.
        DependencyError: It cannot be read, others can read it, or it was lost.
    """
    try:
        status = path.stat()
        data = path.read_bytes()
    except FileNotFoundError:
        if path.with_suffix(_MADE).is_file():
            fix = (
                f"restore it from a backup; or remove {path.with_suffix(_MADE)} to begin another key, "
                "which gives people other pseudonyms than in earlier outputs"
            )
            raise DependencyError(f"{path}: the key to the pseudonyms is lost. Fix: {fix}") from None
        return None
    except OSError as error:
        raise DependencyError(f"{path}: cannot be read: {error.strerror}. Fix: {os_error_hint(error)}") from error
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise DependencyError(f"{path}: others can read the key to the pseudonyms. Fix: chmod 600 {path}")
    return NameKey(path, _parse(data, path))


def extend_key(path: Path, names: Iterable[str], reserved: Iterable[str] = ()) -> NameKey:
    """Give each name that has none a pseudonym, and write the key if that changes it.

    Args:
        path: The key, which is made if there is none and a name needs it.
        names: Names of persons.
        reserved: Names that have the form of pseudonyms, and are not given to anybody else.

    Raises:
        DataError: As in `read_key`.
        DependencyError: As in `read_key`, or the file cannot be written.
    """
    key = read_key(path)
    names = list(dict.fromkeys(names))
    if key is None and not names:
        return NameKey(path, {})
    if key is not None and not _missing(key.pseudonyms, names, reserved):
        return key
    with _locked(path):
        key = read_key(path)  # another process may have been faster
        pseudonyms = dict(key.pseudonyms) if key else {}
        new = _missing(pseudonyms, names, reserved)
        random.SystemRandom().shuffle(new)
        taken = {*pseudonyms.values(), *reserved}
        number = 1
        for name in new:
            if PSEUDONYM.fullmatch(name):
                pseudonyms[name] = name
                continue
            while (pseudonym := f"annotator-{number}") in taken:
                number += 1
            taken.add(pseudonym)
            pseudonyms[name] = pseudonym
        _write(path, pseudonyms)
    return NameKey(path, pseudonyms, made=key is None)


def set_pseudonym(path: Path, name: str, pseudonym: str) -> NameKey:
    """Give a name a pseudonym by hand: one of one's own choice, or that of the same person under another name.

    Raises:
        DataError: As in `read_key`.
        DependencyError: As in `extend_key`.
        UsageError: The pseudonym is not valid, or the name has another one already.
    """
    if not name.strip():
        raise UsageError(f"the name for {pseudonym!r} is empty. Fix: NAME=PSEUDONYM, as in ada=annotator-1")
    _require_pseudonym(pseudonym)
    with _locked(path):
        key = read_key(path)
        pseudonyms = dict(key.pseudonyms) if key else {}
        same = next((other for other in pseudonyms if folded_name(other) == folded_name(name)), name)
        earlier = pseudonyms.setdefault(same, pseudonym)
        if earlier != pseudonym:
            what = f"{name} has been {earlier} so far, perhaps in outputs that others have"
            raise UsageError(f"{what}. Fix: keep that pseudonym, or edit {path} if there are none")
        _write(path, pseudonyms)
    return NameKey(path, pseudonyms, made=key is None)


def require_outside(path: Path, out: Path) -> None:
    """Require that a key is not in a folder that is exported.

    Raises:
        UsageError: It is.
    """
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(out)):
        raise UsageError(f"{out}: has the key to the pseudonyms, {path}, which is not published. Fix: another `out`")


def require_key_of(out: Path, path: Path, known: Iterable[str]) -> None:
    """Require that an earlier output that would be replaced has no pseudonyms of a key that is not here.

    Args:
        out: The file or folder, which need not exist.
        path: The key, which does not exist.
        known: Names that have the form of pseudonyms, and are not from a key.

    Raises:
        DependencyError: It has some.
    """
    files = [out] if out.is_file() else (file for file in out.rglob("*") if file.is_file())
    for file in files:
        text = f"{file.relative_to(out)}\n{file.read_bytes().decode('latin-1')}"
        if found := next((match.group() for match in PSEUDONYM.finditer(text) if match.group() not in known), ""):
            what = f"{out}: has pseudonyms such as {found}, and their key is not at {path}"
            fix = f"restore the key, or name it by {VARIABLE}; or move {out} away, and people get other pseudonyms"
            raise DependencyError(f"{what}. Fix: {fix}")


def _missing(pseudonyms: Mapping[str, str], names: Iterable[str], reserved: Iterable[str]) -> list[str]:
    known = {*pseudonyms.values(), *map(folded_name, pseudonyms)}
    missing: dict[str, str] = {}
    for name in (*reserved, *names):
        if name not in known and folded_name(name) not in known:
            missing.setdefault(folded_name(name), name)
    return list(missing.values())


def _upwards(folder: Path) -> Iterator[Path]:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is none
    for parent in (folder, *folder.parents):
        yield parent
        if parent == home:
            return


def _parse(data: bytes, path: Path) -> dict[str, str]:
    try:
        parsed = json.loads(data)
        pseudonyms = parsed["pseudonyms"]
        if not all(isinstance(item, str) for pair in pseudonyms.items() for item in pair):
            raise TypeError
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(Problem("not a key to pseudonyms", _FORM, str(path))) from error
    if newer := [name for name in parsed if name != "pseudonyms"]:
        fix = "install the newer goldspan that wrote it, or remove the key"
        raise DataError(Problem(f"has an unknown key `{newer[0]}`", fix, str(path)))
    for pseudonym in pseudonyms.values():
        try:
            _require_pseudonym(pseudonym)
        except UsageError as error:
            raise DataError(Problem(str(error).partition(". Fix: ")[0], _FORM, str(path))) from error
    first: dict[str, str] = {}
    for name, pseudonym in pseudonyms.items():
        other = first.setdefault(folded_name(name), name)
        if pseudonyms[other] != pseudonym:
            what = f"{other!r} and {name!r} are one name, and have two pseudonyms: {pseudonyms[other]} and {pseudonym}"
            raise DataError(Problem(what, "keep the line with the one in outputs that others have", str(path)))
    return dict(pseudonyms)


def _require_pseudonym(pseudonym: str) -> None:
    if not is_nobodys(pseudonym) or not pseudonym[-1:].isdigit():
        fix = "annotator-1, reader-2, reviewer-3 or the like"
        raise UsageError(f"{pseudonym!r} is not a pseudonym. Fix: {fix}")


def _write(path: Path, pseudonyms: Mapping[str, str]) -> None:
    try:
        write_private(path, f"{_as_json(pseudonyms)}\n")
        path.with_suffix(_MADE).touch()
    except OSError as error:
        raise DependencyError(f"{path}: cannot be written: {error.strerror}. Fix: {os_error_hint(error)}") from error


def _as_json(pseudonyms: Mapping[str, str]) -> str:
    text = json.dumps({"pseudonyms": pseudonyms}, ensure_ascii=False, indent=1)
    is_text = text.isascii() or text.encode(errors="replace").decode() == text  # a file's name may be no text
    return text if is_text else json.dumps({"pseudonyms": pseudonyms}, indent=1)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a key, in a folder that is made for it."""
    from filelock import FileLock

    lock = path.with_suffix(_LOCK)
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignored = path.with_name(".gitignore")
        if path.parent.name == KEY.parent.name and not ignored.exists():  # another folder may have other files
            ignored.write_text("*\n", encoding="utf-8")  # no key is committed by accident
        with FileLock(lock, fallback_to_soft=False):
            yield
    except OSError as error:
        raise DependencyError(f"{path}: cannot be written: {error.strerror}. Fix: {os_error_hint(error)}") from error

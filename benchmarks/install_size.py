"""Size on disk and number of distributions of goldspan's core and of each extra, beside peers.

The figures are of this environment: the requirements in the metadata of what is installed are followed, and the files
are summed up that each distribution records. Nothing is downloaded, and what belongs to no requirement is not counted.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.release.built_files import build_wheel, export_source

_PEERS = ("datasets", "spacy", "sacrebleu")
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Installation:
    """The distributions that a requirement brings.

    Attributes:
        installed: Names of those in this environment, normalised; the required one is among them.
        absent: Names of those that are required and not in this environment.
    """

    installed: frozenset[str]
    absent: frozenset[str]


def resolve_installation(requirement: str) -> Installation:
    """Follow the requirements of installed distributions.

    Args:
        requirement: A distribution, with extras if need be: `goldspan[rules]`.
    """
    installed: set[str] = set()
    absent: set[str] = set()
    seen: set[tuple[str, str]] = set()
    pending = [Requirement(requirement)]
    while pending:
        required = pending.pop()
        name = canonicalize_name(required.name)
        try:
            requires = distribution(name).requires or ()
        except PackageNotFoundError:
            absent.add(name)
            continue
        installed.add(name)
        for extra in {"", *required.extras} - {extra for owner, extra in seen if owner == name}:
            seen.add((name, extra))
            pending += [item for item in map(Requirement, requires) if _applies(item, extra)]
    return Installation(frozenset(installed), frozenset(absent))


def main() -> None:
    """Print megabytes (10^6 bytes) and distributions of the core, what each extra adds, and those of the peers."""
    own = _own_bytes()
    core = resolve_installation("goldspan")
    print("install  MB and distributions of this environment:")
    print(f"         core {_format(core.installed, own)} (target: at most 150 MB){_absent(core)}")
    for extra in metadata("goldspan").get_all("Provides-Extra") or ():
        found = resolve_installation(f"goldspan[{extra}]")
        added = found.installed - core.installed
        print(f"         [{extra}] {_format(found.installed, own)}: {_format(added, own)} more{_absent(found)}")
    for peer in _PEERS:
        found = resolve_installation(peer)
        print(f"         {peer} {_format(found.installed, own)}{_absent(found)}")


def _applies(requirement: Requirement, extra: str) -> bool:
    """Return whether a requirement is one of the extra, or of the distribution itself if `extra` is empty."""
    marker = requirement.marker
    if marker is None:
        return not extra
    return marker.evaluate({"extra": extra}) and not (extra and marker.evaluate({"extra": ""}))


def _own_bytes() -> int:
    """Return the size of goldspan's own files; an editable installation records none of them."""
    with TemporaryDirectory() as folder:
        source = export_source(_ROOT, Path(folder) / "source")
        with zipfile.ZipFile(build_wheel(source, Path(folder))) as wheel:
            return sum(item.file_size for item in wheel.infolist())


def _format(names: Iterable[str], own: int) -> str:
    names = set(names)
    size = sum(own if name == "goldspan" else _recorded_bytes(distribution(name)) for name in names)
    return f"{size / 1e6:.0f} MB, {len(names)}"


def _recorded_bytes(installed: Distribution) -> int:
    paths = (Path(str(item.locate())) for item in installed.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


def _absent(found: Installation) -> str:
    names: Sequence[str] = sorted(found.absent)
    return f"; without {', '.join(names)}, not installed here" if names else ""

"""Check that a dataset names nobody, before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import asdict

from ...corpus.formats.huggingface.metadata import ReleaseMetadata
from ...corpus.formats.huggingface.reader import read_dataset
from ...corpus.privacy.name_key import read_key
from ...corpus.privacy.personal_data import Cleared, PersonalData, PersonalDataSearch, is_cleared, refusal
from ...schema import Document, Scheme

_PASSES = "passes"
_CREDITS = ("authors", "citation")  # which name people on purpose


def require_no_personal_data(
    folder: Path, scheme: Scheme, release: ReleaseMetadata, cleared: Cleared, key: Path, *, names: bool
) -> None:
    """Require that a dataset that was exported names nobody, other than what is cleared.

    Args:
        folder: The dataset.
        scheme: Its scheme.
        release: What its card says of it: what its authors state, and what was withdrawn.
        cleared: What may be published.
        key: The key to the pseudonyms, which need not exist.
        names: Whether the annotators' names may be; addresses, handles and login names may not nevertheless.

    Raises:
        DataError: It has personal data, all of which is listed.
    """
    findings = find_in_dataset(folder, scheme, release, key, names=names)
    if findings := [item for item in findings if not is_cleared(item, cleared)]:
        raise refusal(findings, folder)


def find_in_dataset(
    folder: Path, scheme: Scheme, release: ReleaseMetadata, key: Path, *, names: bool
) -> list[PersonalData]:
    """Search the records of a dataset, the names of its passes, what its authors state, and withdrawals.

    All else in the card is made of these. Arguments are those of `require_no_personal_data`.
    """
    known = read_key(key)
    search = PersonalDataSearch(known.pseudonyms if known else {}, names=not names)
    for document in _records(folder, scheme):
        search.add(document)
    for layer in _pass_folders(folder):
        search.add_name("name of a pass", layer.name, f"{_PASSES}/{layer.name}")
    for field, stated in asdict(release.about).items():
        for text in (stated,) if isinstance(stated, str) else stated:
            for number, line in enumerate(text.splitlines(), 1):
                where = f"line {number} of `{field}`"
                search.add_text(f"card.{field}", line, where, logins=False, names=field not in _CREDITS)
    for item in release.withdrawn:
        search.add_text("card.withdrawn", item.reason, f"the withdrawal of {item.name}")
        search.add_text("card.withdrawn", item.name, f"the withdrawal of {item.name}", logins=False)
    return search.findings()


def _records(folder: Path, scheme: Scheme) -> Iterator[Document]:
    yield from read_dataset(folder, scheme)
    for layer in _pass_folders(folder):
        yield from read_dataset(layer, scheme)


def _pass_folders(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / _PASSES).glob("*") if path.is_dir())

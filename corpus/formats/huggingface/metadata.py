"""Metadata of a dataset: what its authors state, the passes behind the gold, and their agreement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ....schema import DataError, Document, Problem, did_you_mean
from ....schema.files.toml_document import read_toml
from ...withdrawal.withdrawal_list import Withdrawal
from .token_windows import WindowSize

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,62}")
_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


class DatasetAuthorship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only the authors of a dataset know about it; the card leaves out what is empty.

    Attributes:
        title: Title of the dataset; the scheme's title if empty.
        version: Version of the dataset; with a `v` before it, the revision of its repository.
        repository: Repository on the hub, `OWNER/NAME`.
        url: A page about the dataset.
        authors: Authors to cite.
        description: Description in Markdown, like all that follow but licences.
        made: How the texts were selected and annotated, and by whom.
        limits: What the dataset cannot show.
        bias: In what ways the dataset is one-sided.
        licence: Licence of the annotations, an SPDX identifier such as `CC-BY-4.0`.
        texts_licence: Licence of the texts, likewise; empty if they belong to others.
        texts: Further information on the rights in the texts.
        licence_field: Field of the documents with the licence of each text, such as `extra.licence`.
        uses: What the dataset is for, and what it is not for.
        sensitive: What personal or sensitive data it holds.
        maintenance: Who maintains it, and how errors are reported and corrected.
        split: Field of the documents with the name of their split, such as `extra.split`; by default, splits are
            assigned by hash.
        reread: File with the outcome of reading random spans again, relative to this file; see `Rereading`.
        expected_passes: Names of passes whose agreement is stated as not measured as long as they are missing.
        citation: A BibTeX entry, which replaces the generated one.
    """

    title: str = ""
    version: str = ""
    repository: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()
    description: str = ""
    made: str = ""
    limits: str = ""
    bias: str = ""
    licence: str = ""
    texts_licence: str = ""
    texts: str = ""
    licence_field: str = ""
    uses: str = ""
    sensitive: str = ""
    maintenance: str = ""
    split: str = ""
    reread: str = ""
    expected_passes: tuple[str, ...] = ()
    citation: str = ""


class Rereading(msgspec.Struct, frozen=True):
    """The outcome of reading spans of the gold again, drawn at random, as JSON: `{"spans": 100, "changed": 3}`.

    Other keys are ignored.

    Attributes:
        spans: Number of spans that were read again.
        changed: Number of them that the reader would change.
    """

    spans: int
    changed: int


@dataclass(frozen=True)
class ReleaseMetadata:
    """What a dataset is made from in addition to the gold.

    Attributes:
        about: What its authors state.
        passes: The layers behind the gold, by annotator; consumed once.
        agreement: Agreement of the passes in the form of `goldspan agree --json`; None if it was not measured.
        texts: Whether the dataset includes the texts.
        withdrawn: Withdrawals of documents that earlier versions of the dataset may have.
        windows: Size of the windows of tokens; None for none.
        reread: The outcome of reading random spans again; None if that was not done.
    """

    about: DatasetAuthorship = field(default_factory=DatasetAuthorship)
    passes: Mapping[str, Iterable[Document]] = field(default_factory=dict)
    agreement: Mapping[str, Any] | None = None
    texts: bool = True
    withdrawn: tuple[Withdrawal, ...] = ()
    windows: WindowSize | None = None
    reread: Rereading | None = None

    @property
    def licence(self) -> str:
        """The licence of the whole dataset, an SPDX identifier; empty if no single licence covers all of it."""
        about = self.about
        return about.licence if not self.texts or about.licence == about.texts_licence else ""

    def revision(self, fingerprint: str) -> str:
        """Return the name of the revision to publish, made of the version, or of the contents if there is none.

        Args:
            fingerprint: Fingerprint of the gold layer.
        """
        if self.about.version:
            return f"v{self.about.version}"
        return f"gold-{fingerprint[:12]}{'' if self.texts else '-text-free'}"


def read_authorship(path: Path) -> DatasetAuthorship:
    """Read the TOML file in which authors describe a dataset.

    Raises:
        DataError: The file cannot be read, or a key or its value is invalid.
    """
    document = read_toml(path)
    known = [item.name for item in msgspec.structs.fields(DatasetAuthorship)]
    for key in document.values:
        if key not in known:
            raise DataError(document.problem((key,), f"unknown key {key!r}", did_you_mean(key, known)))
    try:
        about = msgspec.convert(document.values, DatasetAuthorship)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        key = place.rstrip("`")
        raise DataError(document.problem((key,), f"`{key}`: {reason[0].lower()}{reason[1:]}")) from error
    if about.version and not _VERSION.fullmatch(about.version):
        fix = "use letters and digits, with . + _ - between them, as in 1.0.0"
        raise DataError(document.problem(("version",), f"{about.version!r} is not a valid version", fix))
    for key, licence in (("licence", about.licence), ("texts_licence", about.texts_licence)):
        if licence and not _LICENCE.fullmatch(licence):
            fix = "use an SPDX identifier such as CC-BY-4.0, and `texts` for details"
            raise DataError(document.problem((key,), f"`{key}` {licence!r} is not a valid licence", fix))
    if about.reread:
        about = msgspec.structs.replace(about, reread=str(path.parent / about.reread))
    if about.repository and not is_repository_id(about.repository):
        message = f"{about.repository!r} is not a valid repository"
        raise DataError(document.problem(("repository",), message, "write it as OWNER/NAME"))
    return about


def read_rereading(path: str) -> Rereading | None:
    """Read the outcome of reading spans again; None if there is no file yet.

    Raises:
        DataError: The file is invalid.
    """
    if not Path(path).is_file():
        return None
    fix = 'write {"spans": 100, "changed": 3}'
    try:
        found = msgspec.json.decode(Path(path).read_bytes(), type=Rereading)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DataError(Problem(f"not the outcome of a second reading: {error}", fix, path)) from error
    if not 0 <= found.changed <= found.spans or not found.spans:
        raise DataError(Problem(f"{found.changed} of {found.spans} spans cannot have changed", fix, path))
    return found


def is_repository_id(name: str) -> bool:
    """Return whether a name is valid for a repository of the hub, with its owner."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # documented as public

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return name.count("/") == 1

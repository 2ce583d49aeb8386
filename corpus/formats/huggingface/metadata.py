"""What a dataset says of itself beside its documents: a file about it, the passes behind the gold, their agreement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ....schema import DataError, Document, Problem, did_you_mean, os_error_hint
from ....schema.files.toml_text import parse_toml

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,62}")
_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


class DatasetAuthorship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only the makers of a dataset know of it; the card leaves out what is empty.

    Attributes:
        title: Of the dataset; the scheme's where none is given.
        version: Names the revision of the dataset's repository, with a `v` before it.
        repository: Where it is published on the hub, `OWNER/NAME`.
        url: A page about it.
        authors: To be cited.
        description: What it is, in Markdown, as all that follows.
        made: How the texts were chosen and annotated, and by whom.
        limits: What it cannot show.
        bias: In which ways it is one-sided.
        licence: Of the annotations, an SPDX identifier such as `CC-BY-4.0`.
        texts_licence: Of the texts, likewise; empty where they belong to others.
        texts: More on the rights in the texts.
        citation: BibTeX, in place of the entry made of the rest.
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
    citation: str = ""


@dataclass(frozen=True)
class ReleaseMetadata:
    """What a dataset is made with, beside the gold.

    Attributes:
        about: What its makers say.
        passes: The layers behind the gold, by annotator; consumed once.
        agreement: Of the passes, as `goldspan agree --json` has it; None where it was not measured.
        texts: Whether the dataset holds the texts.
    """

    about: DatasetAuthorship = field(default_factory=DatasetAuthorship)
    passes: Mapping[str, Iterable[Document]] = field(default_factory=dict)
    agreement: Mapping[str, Any] | None = None
    texts: bool = True

    @property
    def licence(self) -> str:
        """The licence of all that the dataset holds, an SPDX identifier; empty where there is no one such."""
        about = self.about
        return about.licence if not self.texts or about.licence == about.texts_licence else ""

    def revision(self, fingerprint: str) -> str:
        """The name of the revision that the dataset is published as: of its version, else of what it holds.

        Args:
            fingerprint: Of the gold layer.
        """
        if self.about.version:
            return f"v{self.about.version}"
        return f"gold-{fingerprint[:12]}{'' if self.texts else '-text-free'}"


def read_about(path: Path) -> DatasetAuthorship:
    """The file about a dataset.

    Raises:
        DataError: It cannot be read, or says something that it cannot say, with the key.
    """
    try:
        found = parse_toml(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(path))) from error
    except UnicodeDecodeError as error:
        raise DataError(Problem("not UTF-8", "save it as UTF-8", path=str(path))) from error
    except ValueError as error:
        raise DataError(Problem(f"not TOML: {error}", "see toml.io for the syntax", str(path))) from error
    known = [item.name for item in msgspec.structs.fields(DatasetAuthorship)]
    for key in found:
        if key not in known:
            raise DataError(Problem(f"unknown key {key!r}", did_you_mean(key, known), str(path)))
    try:
        about = msgspec.convert(found, DatasetAuthorship)
    except msgspec.ValidationError as error:
        raise DataError(Problem(str(error), path=str(path))) from error
    if about.version and not _VERSION.fullmatch(about.version):
        fix = "letters, digits, and . + _ - between them, as in 1.0.0"
        raise DataError(Problem(f"{about.version!r} is no version", fix, str(path)))
    for key, licence in (("licence", about.licence), ("texts_licence", about.texts_licence)):
        if licence and not _LICENCE.fullmatch(licence):
            fix = "an SPDX identifier such as CC-BY-4.0; more words go into `texts`"
            raise DataError(Problem(f"`{key}` {licence!r} is no licence", fix, str(path)))
    if about.repository and not is_repository(about.repository):
        raise DataError(Problem(f"{about.repository!r} is no repository", "write it as OWNER/NAME", str(path)))
    return about


def is_repository(name: str) -> bool:
    """Whether a name is one that the hub gives to repositories."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public by its documents

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return name.count("/") == 1

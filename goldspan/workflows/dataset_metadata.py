"""Metadata of a dataset release: the passes behind the gold, their agreement, and what its authors state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from ..corpus.formats.huggingface.metadata import DatasetAuthorship, ReleaseMetadata, is_repository_id, read_authorship
from ..corpus.withdrawal.withdrawal_list import Withdrawal
from ..eval import agreement
from ..eval.shared_documents import group_by_document, select_shared
from ..schema import Document, Scheme, UsageError


def release_authorship(metadata: Path | None, repository: str = "") -> DatasetAuthorship:
    """Return what the authors of a dataset state about it.

    Args:
        metadata: A TOML file about the dataset.
        repository: Where to publish it, as OWNER/NAME; that of the file by default.

    Raises:
        DataError: The file is invalid.
        UsageError: The repository's name is invalid.
    """
    authorship = read_authorship(metadata) if metadata else DatasetAuthorship()
    if not repository:
        return authorship
    if not is_repository_id(repository):
        raise UsageError(f"invalid repository {repository!r}. Fix: write it as OWNER/NAME")
    return replace(authorship, repository=repository)


def release_metadata(
    authorship: DatasetAuthorship,
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    texts: bool = True,
    withdrawn: Sequence[Withdrawal] = (),
) -> ReleaseMetadata:
    """Gather the metadata of a release; agreement is measured if two passes share documents.

    Args:
        authorship: What its authors state.
        passes: Layers by annotator.
        scheme: Their scheme.
        texts: Whether the dataset holds the texts.
        withdrawn: Withdrawals of documents that earlier datasets may have.

    Raises:
        DataError: A pass is invalid.
    """
    measured = agreement(passes, scheme, resamples=0).to_dict() if select_shared(group_by_document(passes)) else None
    return ReleaseMetadata(authorship, passes, measured, texts, tuple(withdrawn))

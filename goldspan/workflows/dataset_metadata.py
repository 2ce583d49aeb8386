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


def release_metadata(
    metadata: Path | None,
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    texts: bool = True,
    repository: str = "",
    withdrawn: Sequence[Withdrawal] = (),
) -> ReleaseMetadata:
    """Gather the metadata of a release; agreement is measured if two passes share documents.

    Args:
        metadata: A TOML file about the dataset.
        passes: Layers by annotator.
        scheme: Their scheme.
        texts: Whether the dataset holds the texts.
        repository: Where to publish it, as OWNER/NAME; that of the file by default.
        withdrawn: Withdrawals of documents that earlier datasets may have.

    Raises:
        DataError: The file or a pass is invalid.
        UsageError: The repository's name is invalid.
    """
    authorship = read_authorship(metadata) if metadata else DatasetAuthorship()
    if repository:
        if not is_repository_id(repository):
            raise UsageError(f"invalid repository {repository!r}. Fix: write it as OWNER/NAME")
        authorship = replace(authorship, repository=repository)
    measured = agreement(passes, scheme, resamples=0).to_dict() if select_shared(group_by_document(passes)) else None
    return ReleaseMetadata(authorship, passes, measured, texts, tuple(withdrawn))

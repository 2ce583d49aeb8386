"""Metadata of a dataset release: the passes behind the gold, their agreement, and what its authors state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from ..corpus.formats.huggingface.metadata import (
    DatasetAuthorship,
    ReleaseMetadata,
    is_repository_id,
    read_authorship,
    read_rereading,
)
from ..corpus.formats.huggingface.token_windows import WindowSize
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
    windows: WindowSize | None = None,
) -> ReleaseMetadata:
    """Gather the metadata of a release; agreement is measured if two passes share documents.

    Args:
        authorship: What its authors state.
        passes: Layers by annotator.
        scheme: Their scheme.
        texts: Whether the dataset holds the texts.
        withdrawn: Withdrawals of documents that earlier datasets may have.
        windows: Size of the windows of tokens; None for none.

    Raises:
        DataError: A pass, or the outcome of a second reading, is invalid.
    """
    measured = agreement(passes, scheme, resamples=0).to_dict() if select_shared(group_by_document(passes)) else None
    reread = read_rereading(authorship.reread) if authorship.reread else None
    return ReleaseMetadata(authorship, passes, measured, texts, tuple(withdrawn), windows, reread)


def window_size(windows: int | None, tokenizer: str | Path | None, *, texts: bool) -> WindowSize | None:
    """Return the size of the windows of tokens in a dataset, or None if it has none.

    Args:
        windows: The most subwords of a window.
        tokenizer: A model's tokenizer.
        texts: Whether the dataset holds the texts.

    Raises:
        DataError: The tokenizer cannot be read.
        DependencyError: transformers is not installed.
        UsageError: The number is too small, or an option has no effect.
    """
    if windows is None:
        if tokenizer is not None:
            raise UsageError("`tokenizer` has no effect without `windows`. Fix: add `windows`, such as 512")
        return None
    if not texts:
        raise UsageError("`windows` has no effect on a dataset without texts. Fix: leave it out")
    return WindowSize.of(windows, tokenizer)

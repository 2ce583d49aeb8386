"""A dataset with all that belongs to it: the passes behind the gold, their agreement, what its makers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from ..corpus.formats.huggingface.metadata import DatasetAuthorship, ReleaseMetadata, is_repository, read_about
from ..eval import agree
from ..eval.shared_documents import group_by_document, select_shared
from ..schema import Document, Scheme, UsageError


def release_metadata(
    about: Path | None,
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    texts: bool = True,
    repository: str = "",
) -> ReleaseMetadata:
    """What a dataset is made with, beside the gold; agreement is measured where two passes share documents.

    Args:
        about: A file about the dataset.
        passes: Layers by annotator.
        scheme: Of all of them.
        texts: Whether the dataset holds the texts.
        repository: Where it is to be published; the file's where empty.

    Raises:
        DataError: The file or a pass is at fault.
        UsageError: The repository's name is none.
    """
    said = read_about(about) if about else DatasetAuthorship()
    if repository:
        if not is_repository(repository):
            raise UsageError(f"{repository!r} is no repository. Fix: write it as OWNER/NAME")
        said = replace(said, repository=repository)
    agreement = agree(passes, scheme).to_dict() if select_shared(group_by_document(passes)) else None
    return ReleaseMetadata(about=said, passes=passes, agreement=agreement, texts=texts)

"""The language of a pipeline that is trained: that of all its documents, or one that is chosen of several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..corpus.spans.tokenisation import CHARACTERS, splits_characters, tokenizer_name
from ..schema import NEUTRAL, Document, UsageError, parse_language, primary_language


def choose_language(documents: Sequence[Document], only: str | None, *, mixed: bool) -> list[Document]:
    """Return the documents that a pipeline is trained on.

    Args:
        documents: All documents.
        only: A BCP 47 tag, to train on the documents that state it or one of its variants: `de` stands for `de-AT` too.
        mixed: Whether one pipeline may be trained on documents in several languages.

    Raises:
        DataError: `only` is not the tag of a known language.
        UsageError: The documents are in several languages and neither is given, or none is in that of `only`.
    """
    tags = Counter(tag for document in documents if (tag := document.meta.language))
    numbers = Counter(primary_language(tag) for tag in tags.elements())
    listed = ", ".join(f"{tag} {number}" for tag, number in sorted(tags.items())) or "no stated language"
    if only is not None:
        wanted = parse_language(only)
        chosen = [document for document in documents if _matches(document.meta.language, wanted)]
        if not chosen:
            raise UsageError(f"`only` {only}: no document is in this language. Fix: the documents are in {listed}")
        return chosen
    if len(numbers) > 1 and not mixed:
        most = min(numbers, key=lambda code: (-numbers[code], code))
        fix = f"train on one of them, as in `only` {most}, or one pipeline for all with `mixed`"
        raise UsageError(f"the documents are in several languages: {listed}. Fix: {fix}")
    return list(documents)


def _matches(tag: str | None, wanted: str) -> bool:
    """Check whether a tag is in a range of tags (basic filtering of RFC 4647)."""
    return tag is not None and (tag == wanted or tag.startswith(f"{wanted}-"))


def pipeline_language(documents: Iterable[Document]) -> str:
    """Return the tokeniser for documents, a spaCy language code or `characters`: that of their common language.

    If they state several languages or none, it is `xx`, that of no particular language, or `characters` if one of the
    languages has no spaces between words.
    """
    tags = {document.meta.language for document in documents}
    names = {tokenizer_name(tag) for tag in tags}
    if len(names) == 1:
        return names.pop()
    return CHARACTERS if any(map(splits_characters, tags)) else NEUTRAL

"""Articles given twice: the same row again, or another article of the same id."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from msgspec.structs import asdict

from ...schema import Problem, pluralize
from .articles import Article


class SeenArticles:
    """The articles built so far, in about 250 bytes each, since a source may have millions.

    Only digests of ids, texts and columns are stored; collisions are not to be expected.

    Attributes:
        doubled: Number of articles that were given before, with the same id, text and spans.
    """

    def __init__(self) -> None:
        self.doubled = 0
        self._differing = 0
        self._example = ""
        self._first: dict[bytes, tuple[bytes, bytes, str, int]] = {}

    def add(self, article: Article) -> None:
        """Record an article."""
        self._first[_digest(article.id)] = (*_contents(article), article.path, article.line)

    def is_doubled(self, article: Article) -> bool | Problem:
        """Check whether an article was recorded before, and count it if so.

        Returns:
            A problem if another article was recorded under the id.
        """
        earlier = self._first.get(_digest(article.id))
        if earlier is None:
            return False
        text, others, path, line = earlier
        where = f"{path}{f':{line}' if line else ''}"
        same_text, same_others = (now == then for now, then in zip(_contents(article), (text, others), strict=True))
        if not same_text:
            what = f"duplicate document id: the article at {where} has it too, with another text or other spans"
            return Problem(what, "give each article a unique id", article.path, article.line, article.id)
        self.doubled += 1
        self._differing += not same_others
        self._example = self._example or f"{article.id!r} at {article.path}:{article.line}, first at {where}"
        return True

    def notes(self) -> list[Problem]:
        """Return what is to be told of doubled articles."""
        if not self.doubled:
            return []
        differing = f"; {self._differing} of them differ in other columns, of which the first were kept"
        what = f"{pluralize(self.doubled, 'article')} given twice and kept once ({self._example})"
        return [Problem(what + (differing if self._differing else ""))]


def _contents(article: Article) -> tuple[bytes, bytes]:
    """Return a digest of what is annotated, and one of all else."""
    annotated = {key: article.record.get(key) for key in ("spans", "zones", "layer")}
    others = [asdict(article.meta), article.record.get("extra")]
    return _digest(article.text, annotated), _digest("", others)


def _digest(text: str, more: Any = None) -> bytes:
    written = json.dumps(more, sort_keys=True, default=str)
    return blake2b(f"{text}\0{written}".encode("utf-8", "surrogatepass"), digest_size=16).digest()

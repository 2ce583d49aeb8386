"""A corpus in memory: documents under one scheme, to select, transform, split and convert."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self, overload

from ..schema import (
    Document,
    RecordCodec,
    Scheme,
    UsageError,
    did_you_mean,
    layer_fingerprint,
    pluralize,
)
from ..schema.default_scheme import using_scheme
from ..schema.errors import check_seed
from ..schema.highlighting import documents_html
from .corpus_tables import CorpusTables
from .inspection.record_checks import check_spans
from .release.splits import MIN_SPLIT_DOCUMENTS, SHARES, assign_splits
from .storage.records import write_records

if TYPE_CHECKING:
    from .span_rows import SpanFrame

_SHOWN = 3  # documents in a notebook view


class Corpus(CorpusTables):
    """A sequence of documents under one scheme.

    `corpus[0]` and `corpus["id"]` are documents; `corpus[:10]` is a corpus. A corpus does not change: all methods
    return a new one.

    Args:
        documents: The documents; each is validated as if it were read from a file.
        scheme: The scheme of the documents. Defaults to the conflict news scheme.
        checked: Skip validation, for documents that have just been read from a file.

    In a notebook, a corpus shows its first documents with their spans in colour.

    Raises:
        DataError: A document is invalid, or two documents have the same id.
        UsageError: An item is not a document.
    """

    def __contains__(self, item: object) -> bool:
        """Check whether there is a document, or one with an id."""
        return item in self._index if isinstance(item, str) else item in self._documents

    def __len__(self) -> int:
        return len(self._documents)

    @overload
    def __getitem__(self, key: int | str) -> Document: ...

    @overload
    def __getitem__(self, key: slice) -> Self: ...

    def __getitem__(self, key: int | str | slice) -> Document | Self:
        """Return a document by position or id, or a slice as a corpus.

        Raises:
            IndexError: The position is out of range.
            KeyError: No document has that id.
        """
        if isinstance(key, slice):
            return self._with(self._documents[key])
        if isinstance(key, str) and key not in self._index:
            raise KeyError(f"no document {key!r}: {did_you_mean(key, list(self._index))}".rstrip(": "))
        return self._documents[self._index[key] if isinstance(key, str) else key]

    def __repr__(self) -> str:
        spans = sum(len(document.spans) for document in self)
        return f"<Corpus of {pluralize(len(self), 'document')}, {pluralize(spans, 'span')}, {self.scheme.ref}>"

    def _repr_html_(self) -> str:
        rest = len(self) - _SHOWN
        more = f"<i>… and {pluralize(rest, 'document')} more</i>" if rest > 0 else ""
        title = repr(self).strip("<>")
        return f"<div>{title}</div>{documents_html(self._documents[:_SHOWN], self.scheme.colour)}{more}"

    @property
    def ids(self) -> list[str]:
        """The ids of the documents, in order."""
        return list(self._index)

    @property
    def checked_by(self) -> Scheme:
        """The scheme by which the documents have been checked; see `goldspan.corpus.storage.checked`."""
        return self.scheme

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the layer; see `layer_fingerprint`."""
        return layer_fingerprint(self)

    def filter(self, condition: Callable[[Document], object]) -> Self:
        """Return the documents for which a function returns something true."""
        return self._with([document for document in self._documents if condition(document)])

    def map(self, function: Callable[[Document], Document]) -> Self:
        """Return the documents that a function makes of these, such as `lambda d: d.add("Homs", "LOCATION")`.

        Args:
            function: Returns a document for each document. Documents do not change, so it returns a new one. Within it,
                `Document.add` uses the scheme of the corpus.

        Raises:
            DataError: A returned document is invalid, or two have the same id.
            UsageError: The function returned something else.
        """
        codec = RecordCodec(self.scheme)
        results = []
        for document in self._documents:
            with using_scheme(self.scheme):
                result = function(document)
            if not isinstance(result, Document):
                what = f"the function returned {type(result).__name__} for document {document.id!r}"
                raise UsageError(f"{what}. Fix: return a Document")
            results.append(result if result is document else codec.check(result))
        return self._with(results)

    def sample(self, number: int, *, seed: int = 0) -> Self:
        """Return documents drawn at random without replacement, in the order of the corpus.

        Args:
            number: How many.
            seed: The same seed draws the same documents from the same corpus.

        Raises:
            UsageError: `number` is negative or larger than the corpus, or `seed` is not a whole number from 0 up.
        """
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= len(self):
            raise UsageError(f"`number` is {number}, and the corpus has {len(self)}. Fix: from 0 to {len(self)}")
        check_seed(seed)
        chosen = sorted(random.Random(seed).sample(range(len(self)), number))
        return self._with([self._documents[position] for position in chosen])

    def split(self, shares: Mapping[str, float] = SHARES) -> dict[str, Self]:
        """Return the splits by name, as an exported dataset has them.

        The split of a document depends on its id alone, so that it stays the same when the corpus grows.
        Near-duplicates are in the same split; a document whose near-duplicates are in several is in none, which is
        warned of.

        Args:
            shares: The share of each split, relative to their sum.

        Raises:
            UsageError: The corpus has too few documents to split, or the shares are not positive numbers.
        """
        if not isinstance(shares, Mapping) or not shares or not all(share > 0 for share in shares.values()):
            raise UsageError("`shares` are not positive numbers. Fix: {'train': 0.8, 'test': 0.2}, for example")
        if len(self) < MIN_SPLIT_DOCUMENTS:
            what = f"{pluralize(len(self), 'document')} are too few to split, which needs {MIN_SPLIT_DOCUMENTS}"
            raise UsageError(f"{what}. Fix: cross-validate with `folds`")
        splits: dict[str, list[Document]] = {name: [] for name in shares}
        unassigned = 0
        for assignment in assign_splits(self._documents, shares):
            if assignment.split:
                splits[assignment.split].append(assignment.document)
            else:
                unassigned += 1
        if unassigned:
            what = f"{pluralize(unassigned, 'document')} left out of all splits: near-duplicates are in several"
            warnings.warn(what, stacklevel=2)
        return {name: self._with(documents) for name, documents in splits.items()}

    def folds(self) -> list[tuple[Self, Self]]:
        """Return the folds for cross-validation, each as the documents to train on and those to test on.

        Near-duplicates are in the same fold. A fold without documents is left out.
        """
        assignments = list(assign_splits(self._documents))
        return [
            (
                self._with([item.document for item in assignments if item.fold != fold]),
                self._with([item.document for item in assignments if item.fold == fold]),
            )
            for fold in sorted({item.fold for item in assignments})
        ]

    def with_spans(self, frame: SpanFrame) -> Self:
        """Return the corpus with the spans of a data frame instead of its own; the way back from `to_pandas("spans")`.

        A document without rows has no spans. A row that is unchanged keeps everything that its span has, such as passes
        and decisions; any other row makes a new span.

        Args:
            frame: A pandas, polars or Arrow table with the columns of `to_pandas("spans")`, of which `document`,
                `start`, `end` and `label` are required. `surface` is compared with the text if it is there. Any other
                columns are ignored, with a warning.

        Warns:
            UserWarning: A column is ignored, or spans break rules of the scheme, such as whole words.

        Raises:
            DataError: A row is invalid; the error gives its number, counted from 1.
            UsageError: A column is missing.
        """
        from .span_rows import replace_spans

        documents, ignored = replace_spans(self._documents, frame, self.scheme)
        if ignored:
            warnings.warn(f"ignored columns: {', '.join(ignored)}", stacklevel=2)
        corpus = type(self)(documents, self.scheme)
        changed = [item for item in corpus if item.spans != self[item.id].spans]
        if problems := [problem for item in changed for problem in check_spans(item, self.scheme)]:
            count = pluralize(len(problems), "problem")
            warnings.warn(f"spans that break rules of the scheme: {count}, the first: {problems[0]}", stacklevel=2)
        return corpus

    def save(self, path: str | Path) -> None:
        """Write the documents to a records file, `.jsonl` or `.parquet`, completely or not at all."""
        write_records(path, self, self.scheme)

    def _with(self, documents: list[Document]) -> Self:
        return type(self)(documents, self.scheme, checked=True)

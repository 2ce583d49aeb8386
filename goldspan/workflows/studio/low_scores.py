"""How suggestions of low score are shown: as faint, or only framed."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

from ...annotate.label_studio.mapping.region_prefixes import UNDECIDED, low_score_prefixes
from ...schema import UsageError

if TYPE_CHECKING:
    from .document_suggestions import SuggestedDocuments


def mark_low_scores(documents: SuggestedDocuments, faint: float | None, framed: float | None) -> None:
    """Have suggestions of low score shown as faint, or only framed. Arguments are those of `low_score_prefixes`.

    Raises:
        UsageError: A threshold is not between 0 and 1, is one below which no suggestion is faint because all there are
            framed, or no suggestion has a score; or the scheme has the label that frames have.
    """
    given = {name: score for name, score in (("faint", faint), ("framed", framed)) if score is not None}
    for name, threshold in given.items():
        is_number = isinstance(threshold, Real) and not isinstance(threshold, bool)
        if not is_number or not 0 < threshold <= 1:
            shown = threshold if is_number else repr(threshold)
            raise UsageError(f"`{name}` {shown}: not a score. Fix: use a number above 0, at most 1")
    if faint is not None and framed is not None and faint <= framed:
        fix = "use a higher score, or one of them"
        raise UsageError(f"`faint` {faint}: has no effect with `framed` {framed}. Fix: {fix}")
    spans = (span for item in documents for layer in item.suggestions.values() for span in layer)
    if given and all(span.score is None for span in spans):
        name, threshold = next(iter(given.items()))
        fix = "leave it out, or push the suggestions of an extractor that gives scores"
        raise UsageError(f"`{name}`: no suggestion has a score, so none can be below {threshold}. Fix: {fix}")
    if framed is not None and UNDECIDED in documents.scheme.labels:
        raise UsageError(f"`framed`: the scheme has a label {UNDECIDED!r}, which frames stand for. Fix: leave it out")
    documents.prefix = low_score_prefixes(faint, framed)

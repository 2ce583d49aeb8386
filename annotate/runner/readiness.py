"""Loading and warming up extractors before they are timed or waited for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from ...schema import DependencyError, Document, Extractor, GoldspanError
from .result_stream import kept_from_extractors

SAMPLE = Document(
    id="plain",
    text="On 3 May 2016 fighters of the Iranian army killed 12 civilians near Kyiv, the United Nations said on Friday.",
    spans=(),
)
"""A short text with a span for each label of the conflict-news scheme."""


def load_extractor_model(extractor: Extractor) -> None:
    """Load what an extractor would otherwise load with its first document.

    Raises:
        GoldspanError: It cannot be loaded.
    """
    load: Callable[[], None] | None = getattr(extractor, "load", None)
    if load is None:
        return
    try:
        with kept_from_extractors():
            load()
    except GoldspanError:
        raise
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DependencyError(f"the extractor {extractor.name} cannot be loaded: {reason}") from error


def warm_up(extractor: Extractor) -> None:
    """Run an extractor on a sample text, since extractors without `load` may load things with their first document.

    Its spans, counts and errors are discarded: an extractor that also fails on other texts reports that there.
    """
    with kept_from_extractors(), suppress(Exception, SystemExit):
        extractor.extract([SAMPLE])
    tally: Counter[str] | None = getattr(extractor, "tally", None)
    if tally:
        tally.clear()


def close_extractor(extractor: Extractor) -> None:
    """End what an extractor has started, such as a program, at the end of a run."""
    close: Callable[[], None] | None = getattr(extractor, "close", None)
    if close is not None:
        close()

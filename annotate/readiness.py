"""Extractors made ready, before anybody times them or waits for them."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout

from ..schema import Document, Extractor, GoldspanError, SurroundingsError

_ENOUGH = 1.0
"""Seconds of reading, after which whatever documents make an extractor load is taken to be loaded."""


def load(extractor: Extractor) -> None:
    """Lets an extractor load what it would else load with its first document.

    Raises:
        GoldspanError: It cannot be loaded.
    """
    step: Callable[[], None] | None = getattr(extractor, "load", None)
    if step is None:
        return
    try:
        with redirect_stdout(sys.stderr):  # the result's stream is not the extractor's to write to
            step()
    except GoldspanError:
        raise
    except (Exception, SystemExit) as error:
        told = f"{type(error).__name__}: {error}"
        raise SurroundingsError(f"the extractor {extractor.name} cannot be loaded: {told}") from error


def rehearse(extractor: Extractor, documents: Iterable[Document]) -> tuple[float, int]:
    """Lets an extractor read documents, one by one and for a second or so, since any may load things unasked.

    What it finds, counts or fails on does not matter. One that is `costly` reads nothing.

    Args:
        extractor: The extractor.
        documents: Without spans.

    Returns:
        The seconds that it took, and the words that were read, by white space.

    Raises:
        SurroundingsError: It cannot go on, whatever the document.
    """
    if getattr(extractor, "costly", False):
        return 0.0, 0
    start, words = time.perf_counter(), 0
    for document in documents:
        if document.text is None:
            continue
        try:
            with redirect_stdout(sys.stderr):
                extractor.extract([document])
        except SurroundingsError:
            raise
        except (Exception, SystemExit):
            pass
        else:
            words += len(document.text.split())
        if time.perf_counter() - start > _ENOUGH:
            break
    took = time.perf_counter() - start
    tally: Counter[str] | None = getattr(extractor, "tally", None)
    if tally:
        tally.clear()
    return took, words

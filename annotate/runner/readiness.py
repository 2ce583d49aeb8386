"""Extractors made ready, before anybody times them or waits for them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout, suppress

from ...schema import DependencyError, Document, Extractor, GoldspanError

PLAIN = Document(
    id="plain",
    text="On 3 May 2016 fighters of the Iranian army killed 12 civilians near Kyiv, the United Nations said on Friday.",
    spans=(),
)
"""A text with something of each label."""


def load_extractor_model(extractor: Extractor) -> None:
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
        raise DependencyError(f"the extractor {extractor.name} cannot be loaded: {told}") from error


def warm_up(extractor: Extractor) -> None:
    """Lets an extractor read a plain text that is not of the user's, since it may load things unasked.

    What it finds, counts or fails on does not matter: if it fails on other texts too, the reading tells.
    """
    with redirect_stdout(sys.stderr), suppress(Exception, SystemExit):
        extractor.extract([PLAIN])
    tally: Counter[str] | None = getattr(extractor, "tally", None)
    if tally:
        tally.clear()

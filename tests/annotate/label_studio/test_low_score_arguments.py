"""Scores below which suggestions are faint or only framed are numbers, in scripts too."""

from __future__ import annotations

from typing import Any

import pytest

from goldspan.schema import Document, Scheme, Span, UsageError
from goldspan.workflows.studio.given_suggestions import suggested_documents


@pytest.mark.parametrize("name", ["faint", "framed"])
@pytest.mark.parametrize("score", ["0.5", True, [0.5], float("nan")], ids=str)
def test_what_is_no_score_is_refused(name: str, score: Any, scheme: Scheme) -> None:
    documents = [Document(id="a", text="Iran hit Goma.", spans=(Span(0, 4, "ACTOR", score=0.2),))]
    given: dict[str, Any] = {"faint": None, "framed": None, name: score}
    with pytest.raises(UsageError, match=f"`{name}` .*: not a score. Fix: use a number above 0, at most 1"):
        suggested_documents(documents, None, scheme, "", 0.2, **given)

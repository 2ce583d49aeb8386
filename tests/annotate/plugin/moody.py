"""Extractors of a package that is not goldspan: well-behaved ones and ones that fail in the usual ways."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path
from typing import Any

from goldspan.schema import Document, Parameter, Scheme, Span


class Moody:
    """Marks the word "Iran", unless the text says what else to do."""

    name = "moody"
    version = "3"

    def __init__(self, scheme: Scheme, *, word: str, times: int, **_more: Any) -> None:
        self._scheme = scheme
        self._word = word
        self._times = times

    def extract(self, documents: list[Document]) -> list[list[Span]]:
        return [self._read(document) for document in documents]

    def _read(self, document: Document) -> Any:
        text = document.text or ""
        print("reading", document.id)  # noqa: T201 - to the result's stream, as careless code does
        assert not document.spans, "the gold is to be hidden"
        if "RAISE" in text:
            raise RuntimeError("cannot read\nthis")
        if "EXIT" in text:
            raise SystemExit(0)
        if "UNREADABLE" in text:
            raise UnreadableError
        if "OVERLAP" in text:
            return [self._scheme.span(0, 4, "ACTOR"), self._scheme.span(0, 6, "ACTOR")]
        if "DIE" in text:
            os._exit(3)
        if "GATE" in text and "MOODY_GATE" in os.environ:
            Path(os.environ["MOODY_GATE"]).read_text()  # a pipe: until the test writes to it
        if "OUTSIDE" in text:
            return [Span(0, len(text) + 5, "ACTOR")]
        if "FOREIGN" in text:
            return [Span(0, 1, "PERSON")]
        if "NONSENSE" in text:
            return 7
        at = text.find(self._word)
        if at < 0:
            return []
        return [self._scheme.span(at, at + len(self._word), "ACTOR", kind="state", id="IRN")] * self._times


class UnreadableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


class MoodyFactory:
    summary = "a test's extractor"
    parameters = (
        Parameter("word", "what to mark", default="Iran", positional=True),
        Parameter("times", "how often", type=int, default=1, choices=(1, 2)),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Moody:
        return Moody(scheme, **arguments)


class NeedyFactory:
    summary = "needs an argument"
    parameters = (Parameter("model", "which", required=True, positional=True), Parameter("quick", "or not", type=bool))

    def __call__(self, scheme: Scheme, **arguments: Any) -> Moody:
        return Moody(scheme, word=arguments["model"], times=1)


def load_model() -> None:
    """What takes long."""


class Late(Moody):
    """Loads its model when it is first called."""

    loaded = False

    def extract(self, documents: list[Document]) -> list[list[Span]]:
        if not self.loaded:
            load_model()
            self.loaded = True
        return super().extract(documents)


class LateFactory(MoodyFactory):
    def __call__(self, scheme: Scheme, **arguments: Any) -> Moody:
        return Late(scheme, **arguments)


class QuitterFactory(MoodyFactory):
    def __call__(self, scheme: Scheme, **arguments: Any) -> Moody:
        raise SystemExit("no model")


class FallingFactory(MoodyFactory):
    def __call__(self, scheme: Scheme, **arguments: Any) -> Moody:
        if multiprocessing.parent_process() is not None:
            os._exit(3)
        return Moody(scheme, **arguments)


FALLING = FallingFactory()
MOODY = MoodyFactory()
NEEDY = NeedyFactory()
LATE = LateFactory()
QUITTER = QuitterFactory()

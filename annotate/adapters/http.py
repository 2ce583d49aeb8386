"""The extractor `http`, for any service that takes records and returns them with spans."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from ...schema import Document, Extractor, Parameter, Scheme, Span
from .normalisation import FILL, MAP, ForeignSpan
from .services.concurrent_calls import ENDING, call_in_order
from .services.kept_answers import KeptAnswers, kept_answers
from .services.service_extractor import ServiceExtractor
from .services.service_usage import CONCURRENCY, MAX_REQUESTS, ServiceUsage
from .wire_format import WireFormat


class HttpExtractor(ServiceExtractor):
    """An extractor that posts documents to a service as JSON lines and reads the lines back with spans, in any order.

    A batch is posted in as many parts as requests may be under way. A token in the environment variable
    `GOLDSPAN_HTTP_TOKEN` is sent as a bearer token.

    Args:
        scheme: The scheme of the layers.
        url: The URL to post to.
        service_version: What tells the service from an earlier one behind the same URL; None if nothing does.
        max_requests: The number of requests after which the run ends; None for any number.
        arguments: Further keyword arguments of `ServiceExtractor`.
    """

    def __init__(
        self, scheme: Scheme, *, url: str, service_version: str | None, max_requests: int | None, **arguments: Any
    ) -> None:
        token = os.environ.get("GOLDSPAN_HTTP_TOKEN")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        usage = ServiceUsage(max_requests=max_requests)
        super().__init__(scheme, url=url, headers=headers, secret=token or "", usage=usage, **arguments)
        self._service_key = f"{url}@{service_version}" if service_version else url
        parts = urlsplit(url)
        self.name = f"http:{parts.hostname}"
        stated = f"@{service_version}" if service_version else ""
        self.version = (parts.path.strip("/") or "0") + stated + self._normalizer.signature
        self._wire_format = WireFormat(scheme, self.tally)
        self._decoding = Lock()
        self._kept: KeptAnswers | None = None

    @contextmanager
    def keeping_answers(self, path: Path) -> Iterator[None]:
        """Keep the answers of a block in a file, and take those that are in it instead of asking again.

        Raises:
            DependencyError: The file cannot be read or written.
        """
        with kept_answers(path) as self._kept:
            try:
                yield
            finally:
                self._kept = None

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the layer of each document of a batch, or its error: that of the request for it alone.

        An error that ends the run, such as one of the budget, stands in place of all documents from the first on that
        it concerns.
        """
        size = max(1, ceil(len(documents) / self.concurrency))
        parts = [documents[start : start + size] for start in range(0, len(documents), size)]
        answers = self._answers(parts)
        ending = next((answer for answer in answers if isinstance(answer, ENDING)), None)
        found: list[list[ForeignSpan] | Exception | None] = []
        for part, answer in zip(parts, answers, strict=True):
            if not isinstance(answer, Exception):
                found += answer
            else:  # of several documents, it is not known yet which one is at fault
                found += [answer if len(part) == 1 else ending] * len(part)
        alone = iter(self._answers([[d] for d, spans in zip(documents, found, strict=True) if spans is None]))
        whole = [_only(next(alone)) if spans is None else spans for spans in found]
        results = self._normalizer.layers_each(documents, whole)
        self._usage.report(self.tally)
        return results

    def _answers(self, parts: Sequence[Sequence[Document]]) -> list[list[list[ForeignSpan]] | Exception]:
        """Return the spans of the documents of each part, or the error of its request."""
        answers: list[list[list[ForeignSpan]] | Exception] = []
        for answer in call_in_order(self._ask, parts, self.concurrency):
            if isinstance(answer, Exception):
                answers.append(self._usage.described(answer))
            else:
                answers.append(answer)
        return answers + answers[-1:] * (len(parts) - len(answers))

    def _ask(self, part: Sequence[Document]) -> list[list[ForeignSpan]]:
        """Return the spans of documents from a kept answer, or ask for one, which is kept if it can be used."""
        kept = self._kept
        body = self._wire_format.encode(part)
        request = self._service_key.encode() + b"\0" + body
        if kept is not None and (earlier := kept.get(request)) is not None:
            with suppress(Exception):  # one that cannot be used is asked for again
                spans = self._decode(earlier.answer, part)
                self._usage.count(earlier.event)
                return spans
        answer = self._service.post(body, content_type="application/x-ndjson")
        spans = self._decode(answer, part)
        if kept is not None:
            kept.add(request, answer)
        return spans

    def _decode(self, answer: bytes, part: Sequence[Document]) -> list[list[ForeignSpan]]:
        with self._decoding:  # which counts in a tally
            return self._wire_format.decode(answer, part)


def _only(answer: list[list[ForeignSpan]] | Exception) -> list[ForeignSpan] | Exception:
    return answer if isinstance(answer, Exception) else answer[0]


class _HttpFactory:
    summary = "any service: records posted as JSON lines, the same lines with spans as the response"
    parameters = (
        Parameter("url", "URL to post to", required=True, positional=True),
        Parameter("version", "name of what answers at the URL; another one asks again for what was kept", type=str),
        Parameter("timeout", "time limit for a response, in seconds", type=float, default=120.0),
        Parameter("retries", "number of retries after a failed call", type=int, default=4),
        CONCURRENCY,
        MAX_REQUESTS,
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor."""
        return HttpExtractor(scheme, service_version=arguments.pop("version"), **arguments)


HTTP = _HttpFactory()
"""The factory behind the entry point `http`."""

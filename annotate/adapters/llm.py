"""The extractor `llm`: any model behind a chat endpoint with the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from ...corpus.spans.quote_alignment import align_quotes
from ...corpus.storage.file_io import replace_file
from ...schema import (
    DataError,
    Document,
    Extractor,
    Metadata,
    Parameter,
    Scheme,
    Span,
    UsageError,
    Value,
    canonical_json,
    sha256_hex,
)
from ..rules.document_reader import split_text
from ..user_folders import user_cache_folder
from .llm_prompt import SHOT_TOKENS, Message, example_messages, prompt_examples, question, system_prompt
from .llm_schema import AnswerFormat, Quote, read_answer, stated_tokens
from .normalisation import FILL, MAP, ForeignSpan
from .services.chat_endpoint import endpoint_key, endpoint_url
from .services.concurrent_calls import ENDING, call_in_order
from .services.service_extractor import ServiceExtractor
from .services.service_usage import CONCURRENCY, MAX_REQUESTS, MAX_TOKENS, PRICE, Price, ServiceUsage

CACHED = "answers from the cache"
"""The tally key for answers from the cache, which took no time."""


class _Piece(NamedTuple):
    """A part of a text that is asked about in one request.

    Attributes:
        number: Number of its document in the batch.
        start: Where it starts in the text, in code points.
        text: The part.
        meta: What is known of the document.
        examples: The examples that go before the question.
    """

    number: int
    start: int
    text: str
    meta: Metadata
    examples: list[Message]


class LlmExtractor(ServiceExtractor):
    """An extractor that asks a model for the spans of each text as quotes, and aligns these with the text.

    The prompt is generated from the scheme, with its guidelines if it has any; the answer must follow a JSON Schema.
    Responses are cached in a folder under the hash of the request, so that a second run costs nothing and gives the
    same result. The key is only read from the environment (`GOLDSPAN_LLM_KEY`, `OPENAI_API_KEY`), and neither stored
    nor shown.

    Args:
        scheme: The scheme of the layers; without a label map the model is offered its labels.
        model: The name of the model at the endpoint.
        url: The base URL of the endpoint, to which `/chat/completions` is added; by default read from the environment
            (`GOLDSPAN_LLM_URL`, `OPENAI_BASE_URL`).
        guidelines: A file of guidelines that replaces those of the scheme.
        piece: The largest number of code points of text in one request.
        retries: The number of retries after a failed call or an unreadable answer.
        cache: The folder for cached responses.
        values: Whether the model also gives values, which then take precedence over those filled in.
        temperature: The temperature of the model, 0 or more.
        seed: The seed of the model, by which runs at a temperature above 0 differ.
        shots: The number of examples from the gold that go before each question.
        gold: The gold that examples are drawn from.
        shot_tokens: The most tokens of the examples of a question; None for `SHOT_TOKENS`.
        max_requests: The number of requests after which the run ends; None for any number.
        max_tokens: The number of tokens after which the run ends; None for any number.
        price: The price of a million tokens sent and answered, as `Price.parse` takes it; None if unknown.
        arguments: Further keyword arguments of `ServiceExtractor`.

    Raises:
        UsageError: No endpoint is given, a number is wrong, or the label map contains no label that could be offered.
        DataError: The guidelines cannot be read.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        model: str,
        url: str | None,
        guidelines: Path | None,
        piece: int,
        retries: int,
        cache: Path | None,
        values: bool,
        temperature: float,
        seed: int,
        shots: int,
        gold: Path | None,
        shot_tokens: int | None,
        max_requests: int | None,
        max_tokens: int | None,
        price: str | None,
        **arguments: Any,
    ) -> None:
        base = endpoint_url(f"llm:{model}", url)
        if not 0 <= temperature < float("inf"):
            raise UsageError(f"temperature={temperature:g} is out of range. Fix: temperature=0, or more")
        key = endpoint_key()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        endpoint = base.rstrip("/") + "/chat/completions"
        usage = ServiceUsage(
            max_requests=max_requests, max_tokens=max_tokens, price=Price.parse(price) if price is not None else None
        )
        super().__init__(
            scheme,
            url=endpoint,
            headers=headers,
            secret=key,
            retries=retries,
            usage=usage,
            complete=values,
            **arguments,
        )
        self._endpoint = endpoint
        self._retries = retries
        self._piece = max(200, piece)
        self._model = model
        # as a whole number, as requests were before there was a choice: their answers are in people's caches
        self._sampling = {"temperature": int(temperature) if temperature.is_integer() else temperature, "seed": seed}
        if not self._normalizer.names:
            raise UsageError('the label map has no label to offer to the model. Fix: add lines other than "*"')
        self._format = AnswerFormat(scheme, self._normalizer.names, values=values)
        self._system = system_prompt(scheme, self._format, values=values, guidelines=guidelines)
        self._examples = prompt_examples(scheme, self._format, shots=shots, gold=gold, tokens=shot_tokens)
        if self._examples:
            self.warning = "; ".join(filter(None, (self.warning, self._examples.warning)))
        self._schema = self._format.schema
        self._cache = cache or user_cache_folder() / "llm"
        self._asking: dict[str, Lock] = {}
        self.name = f"llm:{model}"
        described = f"{self._system}{canonical_json(self._schema)!r}{self._piece}"
        if temperature or seed:
            described += f"{canonical_json(self._sampling)!r}"
        if self._examples is not None:
            described += self._examples.signature
        self.version = sha256_hex(described)[:8] + self._normalizer.signature

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the layer of each document of a batch, or its error: the model refuses, or its answer is unreadable.

        An error that ends the run, such as one of the budget, stands in place of all documents from the first on that
        it concerns.
        """
        pieces = [piece for number, document in enumerate(documents) for piece in self._pieces(number, document)]
        spans: list[list[ForeignSpan]] = [[] for _ in documents]
        errors: dict[int, Exception] = {}
        for piece, answer in zip(pieces, call_in_order(self._quotes, pieces, self.concurrency), strict=False):
            if isinstance(answer, ENDING):
                errors |= dict.fromkeys(range(piece.number, len(documents)), self._usage.described(answer))
            elif isinstance(answer, Exception):
                errors.setdefault(piece.number, answer)
            else:
                spans[piece.number].extend(self._aligned(answer, piece))
        self._asking.clear()
        results = self._normalizer.layers_each(
            documents, [errors.get(number, found) for number, found in enumerate(spans)]
        )
        self._usage.report(self.tally)
        return results

    def _pieces(self, number: int, document: Document) -> Iterator[_Piece]:
        text = document.text or ""
        near = self._examples.near(document) if self._examples else frozenset()
        for start, end in split_text(text, self._piece):
            if text[start:end].strip():
                examples = self._examples.draw(text[start:end], near) if self._examples else []
                if self._examples and len(examples) < self._examples.shots:
                    self.tally["texts with fewer examples than shots"] += 1
                yield _Piece(number, start, text[start:end], document.meta, example_messages(examples))

    def _aligned(self, quotes: Sequence[Quote], piece: _Piece) -> Iterator[ForeignSpan]:
        aligned = align_quotes(piece.text, [quote.text for quote in quotes])
        for quote, bounds in zip(quotes, aligned, strict=True):
            if quote.label not in self._normalizer.names:  # not every endpoint enforces the schema
                self.tally[f"dropped, labelled {quote.label}"] += 1
            elif bounds is None:
                self.tally["dropped, quotes that are not in the text"] += 1
            else:
                start, end = (piece.start + bound for bound in bounds)
                yield ForeignSpan(start, end, quote.label, value=self._value(quote))

    def _value(self, quote: Quote) -> Value | None:
        try:
            return self._format.value(quote)
        except DataError:
            self.tally["dropped, values that the scheme refuses"] += 1
            return None

    def _quotes(self, piece: _Piece) -> list[Quote]:
        """Return the model's quotes for a piece; called in threads.

        Raises:
            DataError: The model refuses, or its answer cannot be read.
            DependencyError: The endpoint cannot be reached, or the budget is used up.
        """
        request = {
            "model": self._model,
            **self._sampling,
            "messages": [
                {"role": "system", "content": self._system},
                *piece.examples,
                {"role": "user", "content": question(piece.text, piece.meta)},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "spans", "strict": True, "schema": self._schema},
            },
        }
        body = canonical_json(request)
        digest = sha256(self._endpoint.encode() + body).hexdigest()
        with self._asking.setdefault(digest, Lock()):  # the same question twice in a batch is asked once
            return self._ask(body, self._cache / f"{digest}.json")

    def _ask(self, body: bytes, cached: Path) -> list[Quote]:
        """Return the answer to a request, from the cache if it is there."""
        if cached.is_file():
            try:
                quotes = read_answer(cached.read_bytes())
            except DataError:
                cached.unlink(missing_ok=True)  # incomplete, or not written by goldspan: ask again
            else:
                self._usage.count(CACHED)
                return quotes
        for attempt in range(self._retries + 1):
            response = self._service.post(body, content_type="application/json")
            try:
                quotes = read_answer(response)
            except DataError:
                self._usage.count_tokens(*stated_tokens(response))
                if attempt == self._retries:
                    raise
                continue
            self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)  # its quotes may come from confidential texts
            with replace_file(cached) as temporary:
                temporary.write_bytes(response)
            self._usage.count_tokens(*stated_tokens(response))  # may end the run, which must not lose the answer
            return quotes
        raise AssertionError("the last attempt returns or raises")


class _LlmFactory:
    summary = "any model behind a chat endpoint with the OpenAI protocol; the key is read from the environment"
    reads_codebook = True
    parameters = (
        Parameter("model", "name of the model at the endpoint", required=True, positional=True),
        Parameter("url", "base URL of the endpoint; by default GOLDSPAN_LLM_URL or OPENAI_BASE_URL"),
        Parameter("guidelines", "a file of guidelines that replaces those of the scheme", type=Path),
        Parameter("piece", "most characters of text in one request", type=int, default=6000),
        Parameter("timeout", "time limit for a response, in seconds", type=float, default=180.0),
        Parameter("retries", "number of retries after a failed call or an unreadable answer", type=int, default=4),
        Parameter("cache", "folder for cached responses; by default in the user's cache", type=str),
        CONCURRENCY,
        MAX_REQUESTS,
        MAX_TOKENS,
        PRICE,
        Parameter("temperature", "temperature of the model; 0 for its likeliest answer", type=float, default=0.0),
        Parameter("seed", "seed of the model, by which runs at a higher temperature differ", type=int, default=0),
        Parameter("shots", "number of examples from a gold before each question", type=int, default=0),
        Parameter("gold", "records that people annotated, from which the examples are drawn", type=Path),
        Parameter("shot_tokens", f"most tokens of these examples together; {SHOT_TOKENS} by default", type=int),
        Parameter("values", "whether the model also gives values, before any are filled in", type=bool, default=False),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor."""
        cache = arguments.pop("cache")
        return LlmExtractor(scheme, cache=Path(cache) if cache else None, **arguments)


LLM = _LlmFactory()
"""The factory behind the entry point `llm`."""

"""The extractor `langextract`: the package LangExtract, by its own client of endpoints of the OpenAI protocol."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from ....corpus.spans.quote_alignment import align_quotes
from ....schema import DataError, DependencyError, Document, Extractor, Parameter, Problem, Scheme, Span, UsageError
from ..normalisation import FILL, MAP, ForeignSpan, PredictionNormalizer, require_layers
from ..services.chat_endpoint import endpoint_key, endpoint_url
from ..services.concurrent_calls import call_in_order
from ..services.service_usage import CONCURRENCY, require_positive
from .langextract_prompt import LangextractPrompt

REQUESTED = "documents asked about; LangExtract states neither requests nor tokens"
"""The tally key for documents that were sent."""

_EXACT = "match_exact"
_NO_KEY = "none"  # the client wants one, also of an endpoint that asks for none


class LangextractExtractor:
    """An extractor that runs LangExtract over each document.

    LangExtract cuts a document itself. Where it has found the exact words, their place is its own; all others are
    placed as quotes of a language model are.

    Args:
        scheme: The scheme of the layers.
        model: The name of the model at the endpoint.
        url: The base URL of the endpoint; None for the one in the environment, as of the extractor `llm`.
        piece: The most characters of text in a request.
        passes: How often each text is read; what later passes find beside the first is added.
        temperature: The temperature of the model.
        timeout: The limit for a response, in seconds.
        concurrency: The most requests at a time.
        map: A file that maps labels, whose names the model is asked for.
        fill: Whether values are filled in.

    Raises:
        UsageError: No endpoint is given, a number is wrong, or the scheme has no examples.
    """

    elsewhere = True

    def __init__(
        self,
        scheme: Scheme,
        *,
        model: str,
        url: str | None,
        piece: int,
        passes: int,
        temperature: float,
        timeout: float,
        concurrency: int,
        map: Path | None,  # noqa: A002 - the argument's name
        fill: bool,
    ) -> None:
        from langextract.data import ExampleData, Extraction
        from langextract.providers.openai import OpenAILanguageModel

        for name, number in {"piece": piece, "passes": passes, "concurrency": concurrency}.items():
            require_positive(name, number)
        if not 0 <= temperature < float("inf"):
            raise UsageError(f"temperature={temperature:g} is out of range. Fix: temperature=0, or more")
        address = endpoint_url(f"langextract:{model}", url)
        self.concurrency = concurrency
        self._normalizer = PredictionNormalizer(scheme, map=map, fill=fill)
        prompt = LangextractPrompt(scheme, self._normalizer.names)
        self._key = endpoint_key()
        client = OpenAILanguageModel(
            model_id=model, api_key=self._key or _NO_KEY, base_url=address, temperature=temperature, max_workers=1
        )
        client._client = client._client.with_options(timeout=timeout)  # of which the package knows nothing
        examples = [
            ExampleData(text, [Extraction(label, surface) for surface in surfaces])
            for text, label, surfaces in prompt.examples
        ]
        self._options: dict[str, Any] = {
            "prompt_description": prompt.task,
            "examples": examples,
            "model": client,
            "max_char_buffer": piece,
            "extraction_passes": passes,
            "max_workers": 1,
            "show_progress": False,
            "use_schema_constraints": False,  # which only a model that the package makes itself can keep
            "resolver_params": {"suppress_parse_errors": False},
        }
        self.tally = self._normalizer.tally
        self.name = f"langextract:{model}"
        settings = f"{piece}.{passes}.{temperature:g}"
        self.version = f"{version('langextract')}-{prompt.signature}-{settings}{self._normalizer.signature}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: The endpoint failed on a document; that of the first such document.
            DependencyError: The endpoint cannot be reached, or refuses the key.
        """
        return require_layers(self.extract_each(documents))

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the layer of each document or its error; one that ends the run in place of all that follow."""
        answers = list(call_in_order(self._ask, documents, self.concurrency))
        answers += answers[-1:] * (len(documents) - len(answers))
        found = [
            answer if isinstance(answer, Exception) else list(self._placed(document, answer))
            for document, answer in zip(documents, answers, strict=True)
        ]
        self.tally[REQUESTED] += sum(1 for document in documents if (document.text or "").strip())
        return self._normalizer.layers_each(documents, found)

    def load(self) -> None:
        """Load what fills in values; whether the endpoint has loaded its model is not known here."""
        self._normalizer.load()

    def _ask(self, document: Document) -> list[Any]:
        """Return what LangExtract extracts from a document."""
        import langextract
        from langextract.core.exceptions import LangExtractError

        text = document.text or ""
        if not text.strip():
            return []
        try:
            return list(langextract.extract(text, **self._options).extractions or ())
        except (LangExtractError, ValueError) as error:
            raise self._described(error) from error

    def _described(self, error: Exception) -> Exception:
        """Return an error of LangExtract as one of goldspan: without the key, and as what it concerns."""
        import openai

        original = getattr(error, "original", None)
        reason = " ".join(str(error).split())[:300].removesuffix(".")
        if self._key:
            reason = reason.replace(self._key, "…")
        # neither a connection nor a key that is missing gets better with the next document
        ending = openai.APIConnectionError, openai.AuthenticationError, openai.PermissionDeniedError
        if isinstance(original, ending) and not isinstance(original, openai.APITimeoutError):
            return DependencyError(f"LangExtract cannot use the endpoint: {reason}. Fix: check url and key")
        return DataError(Problem(f"LangExtract failed: {reason}"))

    def _placed(self, document: Document, extractions: Sequence[Any]) -> Iterator[ForeignSpan]:
        """Yield the spans of extractions; what is not in the text is counted."""
        text = document.text or ""
        known = [_exact_place(text, extraction) for extraction in extractions]
        quotes = [str(extraction.extraction_text) for extraction in extractions]
        for extraction, place in zip(extractions, align_quotes(text, quotes, known), strict=True):
            if place is None:
                self.tally["dropped, not in the text"] += 1
            elif extraction.extraction_class not in self._normalizer.names:
                self.tally["dropped, labels that were not offered"] += 1
            else:
                yield ForeignSpan(*place, extraction.extraction_class)


def _exact_place(text: str, extraction: Any) -> tuple[int, int] | None:
    """Return the place that LangExtract states, if it has the very words there."""
    interval, status = extraction.char_interval, extraction.alignment_status
    if interval is None or status is None or status.value != _EXACT:
        return None
    start, end = interval.start_pos, interval.end_pos
    return (start, end) if text[start:end] == extraction.extraction_text else None


class _LangextractFactory:
    packages: ClassVar[Mapping[str, Sequence[str]]] = {"langextract[openai]": ("langextract", "openai")}
    reads_codebook = True
    summary = "LangExtract, with a model behind a chat endpoint of the OpenAI protocol"
    parameters = (
        Parameter("model", "name of the model at the endpoint", required=True, positional=True),
        Parameter("url", "base URL of the endpoint; by default GOLDSPAN_LLM_URL or OPENAI_BASE_URL"),
        Parameter("piece", "most characters of text in a request", type=int, default=1000),
        Parameter("passes", "how often each text is read", type=int, default=1),
        Parameter("temperature", "temperature of the model", type=float, default=0.0),
        Parameter("timeout", "time limit for a response, in seconds", type=float, default=120.0),
        CONCURRENCY,
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor. Nothing is sent before the first document.

        Raises:
            DataError: The label map is invalid.
            UsageError: As for `LangextractExtractor`.
        """
        logging.getLogger("absl").setLevel(logging.ERROR)  # it tells of every answer
        return LangextractExtractor(scheme, **arguments)


LANGEXTRACT = _LangextractFactory()
"""The factory behind the entry point `langextract`."""

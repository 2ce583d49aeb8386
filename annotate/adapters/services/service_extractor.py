"""What the extractors that ask a service have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ....schema import Document, Scheme, Span
from ..normalisation import PredictionNormalizer, require_layers
from .retrying_service import RetryingService
from .service_usage import ServiceUsage, require_positive


class ServiceExtractor:
    """An extractor that asks a service, by several requests at a time.

    Args:
        scheme: The scheme of the layers.
        url: The URL to post to.
        headers: Headers sent with every request.
        secret: Text that must not appear in messages, such as a token in the headers.
        timeout: Time limit for a response, in seconds.
        retries: The number of retries after a failed request.
        concurrency: The largest number of requests under way.
        usage: The meter of the requests, with the budget of a run.
        normalization: Keyword arguments of `PredictionNormalizer`.

    Attributes:
        elsewhere: True, since the model runs in another process, whose memory use is not known here.
        concurrency: As the argument.
        only_one: Why a run may have only one such extractor, such as a budget; empty if it may have several.
        warning: What the user should know before the secret is sent; empty if there is nothing.
        tally: Counts of spans that were adjusted or dropped, and of what was used; whoever reports them clears it.

    Raises:
        UsageError: The URL, a number or the label map is wrong.
    """

    elsewhere = True

    def __init__(
        self,
        scheme: Scheme,
        *,
        url: str,
        headers: Mapping[str, str],
        secret: str,
        timeout: float,
        retries: int,
        concurrency: int,
        usage: ServiceUsage,
        **normalization: Any,
    ) -> None:
        require_positive("concurrency", concurrency)
        self.concurrency = concurrency
        self.only_one = usage.only_one
        self._usage = usage
        self._service = RetryingService(
            url, timeout=timeout, retries=retries, headers=headers, secret=secret, usage=usage
        )
        self.warning = self._service.warning
        self._normalizer = PredictionNormalizer(scheme, **normalization)
        self.tally = self._normalizer.tally

    @property
    def note(self) -> Callable[[str], None]:
        """The function that is called with a line if the service asks to wait."""
        return self._service.note

    @note.setter
    def note(self, note: Callable[[str], None]) -> None:
        self._service.note = note

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: The service failed on a document; that of the first such document.
            DependencyError: The service cannot be reached, or the budget is used up.
        """
        return require_layers(self.extract_each(documents))

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the layer of each document or its error; one that ends the run in place of all that follow."""
        raise NotImplementedError

    def load(self) -> None:
        """Load what fills in values; whether the service has loaded its model is not known here."""
        self._normalizer.load()

    def close(self) -> None:
        """End the run: the next one has the whole budget."""
        self._usage.begin_run()

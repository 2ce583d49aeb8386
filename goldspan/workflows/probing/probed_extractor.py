"""An extractor that is asked again and again, about changed codebooks and texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ...annotate import load_extractor
from ...annotate.adapters.services.service_usage import ANSWERED, REQUESTS, SENT
from ...annotate.extractor_specs import stated_arguments, with_arguments
from ...annotate.guidelines import shipped_guidelines
from ...annotate.registry import parameters_of, reads_codebook
from ...annotate.runner.annotate_documents import annotate_documents
from ...annotate.runner.outcome import AnnotationOutcome
from ...corpus.probing.expectations import same_text
from ...schema import DependencyError, Document, Extractor, Scheme, UsageError
from ...schema.progress import Progress, report_each

_BUDGETS = {"max_requests": (REQUESTS,), "max_tokens": (SENT, ANSWERED)}
"""Arguments that limit a run, and what counts against each; here all runs share them."""

ChangeText = Callable[[str], str]


class ProbedExtractor:
    """An extractor that is asked about documents under the scheme and under changed ones.

    One that reads the codebook is loaded for each run, with its guidelines changed as the scheme is; its values are its
    own, none are filled in. Any other is loaded once.

    Args:
        spec: The extractor, as in `load_extractor`.
        scheme: The unchanged scheme.

    Attributes:
        reads_codebook: Whether it reads labels and definitions.
        stated: The arguments that the spec states.
        name: The name and the version of the extractor under the unchanged scheme, after the first run.

    Raises:
        UsageError: The spec is wrong, or asks for values that are not the extractor's.
        DependencyError: The extractor cannot be loaded.
    """

    def __init__(self, spec: str, scheme: Scheme) -> None:
        self.reads_codebook = reads_codebook(spec)
        self.stated = stated_arguments(spec)
        self.name = ("", "")
        self._scheme = scheme
        self._parameters = {parameter.name for parameter in parameters_of(spec)}
        self._used: Counter[str] = Counter()
        self._limits = {name: int(self.stated[name]) for name in _BUDGETS if name in self.stated}
        self._spec = spec
        self._loaded: Extractor | None = None
        if self.reads_codebook and "fill" in self._parameters:
            if self.stated.get("fill", "false").lower() == "true":
                what = "fill=true fills in values by rules, which would be taken for what the model says"
                raise UsageError(f"`extractor` {spec}: {what}. Fix: leave out fill, and add values=true for its values")
            self._spec = with_arguments(spec, {"fill": "false"})

    @property
    def gives_values(self) -> bool:
        """Whether values can be judged, as far as its arguments tell."""
        return "values" not in self._parameters or self.stated.get("values", "false").lower() == "true"

    def run(
        self,
        documents: Sequence[Document],
        scheme: Scheme,
        guidelines: ChangeText,
        step: str,
        progress: Progress,
    ) -> tuple[list[AnnotationOutcome], Counter[str]]:
        """Return the outcomes for documents, in their order, and what was used and dropped.

        Args:
            documents: The documents.
            scheme: The scheme, changed or not.
            guidelines: Returns the guidelines, changed as the scheme is.
            step: Name of the step for `progress`.
            progress: Called after each document.

        Raises:
            GoldspanError: The extractor cannot be loaded or cannot continue, or a budget is used up.
        """
        with TemporaryDirectory() as folder:
            extractor = self._load(scheme, guidelines, Path(folder))
        if not any(self.name):
            self.name = extractor.name, extractor.version
        outcomes = list(report_each(annotate_documents(documents, extractor, scheme), step, progress, len(documents)))
        tally = sum((Counter(each.tally) for each in outcomes if each.tally), Counter())
        self._used += tally
        return outcomes, tally

    def _load(self, scheme: Scheme, guidelines: ChangeText, folder: Path) -> Extractor:
        if not self.reads_codebook:
            self._loaded = self._loaded or load_extractor(self._spec, scheme)
            return self._loaded
        arguments = {name: str(self._remaining(name)) for name in self._limits}
        if guidelines is not same_text and "guidelines" in self._parameters and (text := self._guidelines()):
            path = folder / "guidelines.md"
            path.write_text(guidelines(text), encoding="utf-8")
            arguments["guidelines"] = str(path)
        return load_extractor(with_arguments(self._spec, arguments), scheme)

    def _guidelines(self) -> str:
        """Return the guidelines that the extractor reads, which it has read once already."""
        if "guidelines" in self.stated:
            return Path(self.stated["guidelines"]).read_text(encoding="utf-8")
        return shipped_guidelines(self._scheme) or ""

    def _remaining(self, name: str) -> int:
        left = self._limits[name] - sum(self._used[what] for what in _BUDGETS[name])
        if left < 1 and any(self._used.values()):
            fix = "the same command again, which continues with the answers in the cache, or with a larger one"
            raise DependencyError(f"the budget {name}={self._limits[name]} of all probes is used up. Fix: {fix}")
        return left

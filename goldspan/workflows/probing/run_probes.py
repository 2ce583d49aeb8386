"""Probe whether an extractor follows its codebook and its texts."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import msgspec

from ...annotate.runner.outcome import AnnotationOutcome
from ...corpus.adjudication.drafts import read_gold
from ...corpus.probing.build_probes import build_probe
from ...corpus.probing.expectations import Probe, ProbedDocument, same_text
from ...corpus.probing.probe_kinds import CONTROL, PROBES, impossible
from ...eval.metric_types.metric_groups import MetricInterval
from ...eval.probing.followed_spans import FollowedRates, followed_rates, unknown_ids
from ...eval.probing.probe_report import ProbeFigures, ProbeReport
from ...eval.probing.probe_verdicts import probe_verdict
from ...eval.probing.probed_answers import ProbedAnswer
from ...eval.scoring import score_documents
from ...eval.statistics.interval_coverage import MIN_DOCUMENTS, sample_size_notes
from ...eval.system_scorer import MATCHING
from ...schema import (
    DataError,
    Document,
    Problem,
    Scheme,
    Span,
    UsageError,
    did_you_mean,
    layer_fingerprint,
    pluralize,
)
from ...schema.errors import check_resampling
from ...schema.hashing import draw_key
from ...schema.progress import Progress, ignore_progress
from .probed_extractor import ProbedExtractor


def probe_extractor(
    spec: str,
    path: str,
    scheme: Scheme,
    *,
    probes: Sequence[str] = (),
    size: int | None = None,
    resamples: int = 1000,
    seed: int = 0,
    progress: Progress = ignore_progress,
) -> ProbeReport:
    """Ask an extractor about texts, then about changes of its codebook and of the texts, and report what it follows.

    Args:
        spec: The extractor, as in `load_extractor`.
        path: Records: texts, or gold.
        scheme: Their scheme.
        probes: Names of `PROBES`, besides the control, which is always run; all that can tell something by default.
        size: Number of documents, drawn at random; all by default.
        resamples: Number of resamples for intervals.
        seed: Seed of what is drawn: documents, changes, resamples.
        progress: Called after each document.

    Raises:
        DataError: A record is invalid, there are no documents, or the extractor failed on each.
        UsageError: A name, an argument or a number is wrong, or a probe has no effect on the extractor.
        DependencyError: The extractor cannot be loaded or cannot continue, or its budget is used up.
    """
    check_resampling(resamples, seed)
    extractor = ProbedExtractor(spec, scheme)
    chosen, notes = _chosen_probes(probes, extractor, scheme)
    documents, all_documents = _drawn(list(read_gold(path, scheme)), size, seed)
    if not documents:
        raise DataError(Problem("has no documents to ask about", "name a file with texts", path))
    if len(documents) < all_documents:
        notes.append(f"{len(documents):,} of {all_documents:,} documents, drawn with the seed {seed}")
    run = _ProbeRun(extractor, scheme, documents, resamples, seed, progress)
    figures = run.all_figures(chosen, path)
    if len(run.answers) < MIN_DOCUMENTS:
        notes.append(f"fewer than {MIN_DOCUMENTS} documents: verdicts are on these alone")
    if not run.has_gold:
        notes.append("no gold: no figures against it")
    name, of_version = extractor.name
    stated = [
        f"texts:{layer_fingerprint(documents)[:12]}",
        f"scheme:{scheme.ref}+{scheme.fingerprint[:8]}",
        f"extractor:{name}@{of_version}",
        f"probes:{','.join(chosen)}",
        f"match:{MATCHING}",
        f"boot:{resamples}",
        f"seed:{seed}",
        f"goldspan:{version('goldspan')}",
    ]
    return ProbeReport(
        extractor=extractor.name,
        reads_codebook=extractor.reads_codebook,
        documents=len(documents),
        failed=run.failed,
        tally=run.tally,
        probes=figures,
        signature="|".join(stated),
        notes=[*notes, *(sample_size_notes(len(run.answers), requested=False, tests=False) if resamples else ())],
    )


def _chosen_probes(names: Sequence[str], extractor: ProbedExtractor, scheme: Scheme) -> tuple[list[str], list[str]]:
    """Return the probes to run, in their order, and notes on those that are left out.

    Raises:
        UsageError: A name is wrong, or a named probe has no effect.
    """
    for name in names:
        if name not in PROBES:
            raise UsageError(f"`probes` {name}: no such probe: {did_you_mean(name, list(PROBES))}")
    without_effect = {name: why for name in PROBES if (why := _no_effect(name, extractor, scheme))}
    for name in names:
        if name in without_effect:
            raise UsageError(f"`probes` {name} has no effect: {without_effect[name]}. Fix: leave it out")
    chosen = [name for name in PROBES if name == CONTROL or (name in names if names else name not in without_effect)]
    reasons: dict[str, list[str]] = {}
    for name, why in {} if names else without_effect.items():
        reasons.setdefault(why, []).append(name)
    notes = [f"left out {', '.join(left)}: {why}" for why, left in reasons.items()]
    if not extractor.gives_values:
        notes.append("values were not asked for, so none are judged: values=true asks the model for them")
    return chosen, notes


def _no_effect(name: str, extractor: ProbedExtractor, scheme: Scheme) -> str:
    if PROBES[name].changes == "codebook" and not extractor.reads_codebook:
        return "the extractor does not read the codebook, so it cannot follow a change of it"
    if name in ("rename", "swap") and "map" in extractor.stated:
        return "the extractor has a map, which fixes the names of labels"
    if name in ("rename", "swap") and "shots" in extractor.stated:
        return "the extractor shows examples from a gold, whose labels keep their names"
    return impossible(name, scheme)


def _drawn(documents: list[Document], size: int | None, seed: int) -> tuple[list[Document], int]:
    """Return as many documents as are to be drawn, in their order, and how many there were."""
    if size is None or size >= len(documents):
        return documents, len(documents)
    keys = sorted(draw_key("documents to probe", str(seed), document.id) for document in documents)
    drawn = set(keys[:size])
    return [each for each in documents if draw_key("documents to probe", str(seed), each.id) in drawn], len(documents)


class _ProbeRun:
    """The unchanged run, with which the runs of all probes are compared.

    Attributes:
        answers: The documents with the answers to the unchanged input.
        failed: Problems of documents that failed there.
        tally: What was used and dropped there.
        has_gold: Whether the documents have spans.
    """

    def __init__(
        self,
        extractor: ProbedExtractor,
        scheme: Scheme,
        documents: Sequence[Document],
        resamples: int,
        seed: int,
        progress: Progress,
    ) -> None:
        self._extractor, self._scheme, self._progress = extractor, scheme, progress
        self._resamples, self._seed = resamples, seed
        self._gold = {document.id: document for document in documents}
        self.has_gold = any(document.spans for document in documents)
        outcomes, self.tally = extractor.run(documents, scheme, same_text, "unchanged", progress)
        self.answers, self.failed = _parted(outcomes)

    def all_figures(self, names: Sequence[str], path: str) -> list[ProbeFigures]:
        """Return the figures of probes, the control first.

        Args:
            names: The probes.
            path: The file of the documents, for the message.

        Raises:
            DataError: The extractor failed on every unchanged document.
        """
        if not self.answers:
            first = self.failed[0]
            what = f"the extractor failed on {pluralize(len(self.failed), 'document')}, all there are"
            raise DataError(Problem(f"{what}, first {first.document!r}: {first.what}", first.fix, path))
        figures: list[ProbeFigures] = []
        control = None
        for name in names:
            figures.append(self._figures(build_probe(name, self._scheme, self.answers, self._seed), control))
            control = figures[0].rates
        return figures

    def _figures(self, probe: Probe, control: FollowedRates | None) -> ProbeFigures:
        changed = {
            answer.id: probe.change(self._bare(answer.id), answer.spans, self._gold[answer.id].spans)
            for answer in self.answers
        }
        documents = [each.document for each in changed.values()]
        outcomes, tally = self._extractor.run(
            documents,
            probe.scheme if self._extractor.reads_codebook else self._scheme,
            probe.guidelines,
            probe.name,
            self._progress,
        )
        answers, failed = _parted(outcomes)
        asked = [changed[answer.id] for answer in answers]
        rates = followed_rates(
            [each.expected for each in asked],
            [answer.spans for answer in answers],
            probe.scheme,
            resamples=self._resamples,
            seed=self._seed,
        )
        unknown = unknown_ids([each.expected for each in asked], [answer.spans for answer in answers])
        not_judged = f"not judged: {pluralize(unknown, 'value')} whose id is open or unknown" if unknown else ""
        agreement, interval = self._agreement(asked, answers, probe.scheme)
        before, after = self._against_gold(asked, answers, probe.scheme)
        return ProbeFigures(
            name=probe.name,
            detail="; ".join(filter(None, (probe.detail, not_judged))),
            documents=len(answers),
            rates=rates,
            agreement=agreement,
            agreement_interval=interval,
            gold_before=before,
            gold_after=after,
            verdict=probe_verdict(probe.name, rates, control),
            failed=failed,
            tally=tally,
            answered=[
                ProbedAnswer(probe.name, each, answer.spans, probe.scheme)
                for each, answer in zip(asked, answers, strict=True)
            ],
        )

    def _bare(self, name: str) -> Document:
        return msgspec.structs.replace(self._gold[name], spans=(), layer=None)

    def _agreement(
        self, asked: Sequence[ProbedDocument], answers: Sequence[Document], scheme: Scheme
    ) -> tuple[float | None, MetricInterval]:
        if not answers:
            return None, None
        expected = [
            _layer(each.document, [one.span for one in each.expected if one.span is not None]) for each in asked
        ]
        scores = score_documents(
            expected, [answers], scheme, names=["answers"], resamples=self._resamples, seed=self._seed
        )
        return scores[0].spans.strict.f1, scores[0].intervals.spans.strict.f1

    def _against_gold(
        self, asked: Sequence[ProbedDocument], answers: Sequence[Document], scheme: Scheme
    ) -> tuple[float | None, float | None]:
        """Return strict F1 against the gold before and after the change, over documents answered both times."""
        if not self.has_gold or not answers:
            return None, None
        kept = {answer.id for answer in answers}
        before = [answer for answer in self.answers if answer.id in kept]
        gold = [_layer(self._bare(answer.id), self._gold[answer.id].spans) for answer in before]
        changed = [_layer(each.document, each.gold) for each in asked]
        return _strict_f1(gold, before, self._scheme), _strict_f1(changed, answers, scheme)


def _strict_f1(gold: Sequence[Document], answers: Sequence[Document], scheme: Scheme) -> float | None:
    return score_documents(gold, [answers], scheme, names=["answers"], resamples=0)[0].spans.strict.f1


def _layer(document: Document, spans: Sequence[Span]) -> Document:
    ordered = sorted(spans, key=lambda span: (span.start, span.end, span.label))
    return msgspec.structs.replace(document, spans=tuple(ordered))


def _parted(outcomes: Sequence[AnnotationOutcome]) -> tuple[list[Document], list[Problem]]:
    """Return the documents that were answered, and the problems of the others."""
    answers = [outcome.document for outcome in outcomes if outcome.document is not None]
    return answers, [outcome.problem for outcome in outcomes if outcome.problem is not None]

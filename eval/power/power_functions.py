"""The functions `power_…`: how much to annotate for a wanted interval or test, from any source of documents."""

from __future__ import annotations

from collections.abc import Mapping

from ...corpus.document_sources import SchemeLike, Source, SpanSource, documents_from, resolve_scheme
from ...schema import UsageError
from ..score_results import Scores
from .estimate_pilots import pilot_of_estimate, split_of_readings
from .planned_agreement import check_figure, plan_agreement
from .planned_estimates import ReadingSplit
from .planned_scores import plan_difference, plan_metric
from .power_plan import PowerPlan, check_wanted, plan_documents
from .reading_curve import check_reading, reading_curve
from .reading_results import ReadingCurve


def power_score(
    scores: Scores,
    measure: str = "spans.strict.micro.f1",
    system: str | None = None,
    *,
    width: float | None = None,
    assurance: float = 0.95,
) -> PowerPlan:
    """Plan the gold that gives a score an interval of a wanted width.

    Args:
        scores: Scores of the pilot, from `score` or `load_scores`.
        measure: Path of the metric.
        system: Name of the system; None if there is one.
        width: The wanted width of the 95 % interval; None for the curve alone.
        assurance: Share of follow-ups that are to be at least as narrow, from 0.5 to below 1.

    Raises:
        DataError: The metric is undefined, or the pilot is too small or shows no spread.
        UsageError: There is no such metric or system, or it cannot be planned; or the width or assurance is wrong.

    Examples:
        >>> import goldspan
        >>> gold = {str(at): [(0, 4, "ACTOR"), (9, 12, "DATE")] for at in range(40)}
        >>> found = {name: spans[: 1 + int(name) % 3] for name, spans in gold.items()}
        >>> plan = goldspan.power_score(goldspan.score(gold, found, names=["tagger"]), width=0.05)
        >>> plan.needed, plan.more
        (220, 180)
    """
    check_wanted(width, assurance, "width")
    return plan_documents(plan_metric(scores, measure, system), width, assurance)


def power_compare(
    scores: Scores,
    measure: str = "spans.strict.micro.f1",
    systems: tuple[str, str] | None = None,
    *,
    difference: float | None = None,
    assurance: float = 0.95,
) -> PowerPlan:
    """Plan the gold that tells two systems apart at a wanted difference.

    Errors are those of `power_score`.

    Args:
        scores: Scores of the pilot, from `score` or `load_scores`.
        measure: Path of the metric.
        systems: Names of the two systems; None if there are two.
        difference: The difference that a test at the 5 % level is to find in 80 % of cases; None for the curve alone.
        assurance: As in `power_score`.

    Examples:
        >>> import goldspan
        >>> gold = {str(at): [(0, 4, "ACTOR"), (9, 12, "DATE")] for at in range(40)}
        >>> one, other = ({name: spans[int(name) % at :] for name, spans in gold.items()} for at in (2, 3))
        >>> plan = goldspan.power_compare(goldspan.score(gold, one, other, names=["a", "b"]), difference=0.1)
        >>> plan.pilot.kind, plan.needed
        ('detectable difference', 231)
    """
    check_wanted(difference, assurance, "difference")
    return plan_documents(plan_difference(scores, measure, systems), difference, assurance)


def power_agreement(
    passes: Mapping[str, SpanSource],
    figure: str = "alpha_u",
    scheme: SchemeLike | None = None,
    *,
    width: float | None = None,
    assurance: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> PowerPlan:
    """Plan the documents that give agreement an interval of a wanted width.

    Each further document is read by as many as those of the pilot. Errors are those of `power_score`.

    Args:
        passes: The passes of the pilot by annotator, as for `agreement`.
        figure: A figure of `agreement`, by its path in what `to_dict` returns: `alpha_u`, `token_kappa`,
            `values.DATE.value_accuracy`; of two passes also `strict_f1` and others of the pair.
        scheme: As in `agreement`.
        width: As in `power_score`.
        assurance: Likewise.
        resamples: As in `agreement`.
        seed: Likewise.

    Examples:
        >>> import goldspan
        >>> ada = {str(at): [(0, 4, "ACTOR"), (9, 12, "DATE")] for at in range(40)}
        >>> ben = {name: spans[: 1 + int(name) % 3] for name, spans in ada.items()}
        >>> plan = goldspan.power_agreement({"ada": ada, "ben": ben}, "strict_f1", width=0.05)
        >>> plan.needed
        220
    """
    if not isinstance(passes, Mapping):
        raise UsageError("`passes` are not a mapping. Fix: give them by annotator, as in {'ada': …, 'ben': …}")
    check_wanted(width, assurance, "width")
    check_figure(figure)
    resolved = resolve_scheme(scheme, *passes.values())
    read = {name: list(documents_from(source, resolved, without_text=True)) for name, source in passes.items()}
    pilot = plan_agreement(read, resolved, figure, resamples=resamples, seed=seed)
    return plan_documents(pilot, width, assurance)


def power_estimate(
    quantity: str,
    gold: Source,
    predictions: Source,
    scheme: SchemeLike | None = None,
    *,
    weights: str | None = None,
    width: float | None = None,
    assurance: float = 0.95,
) -> PowerPlan:
    """Plan the gold that gives an estimate over a corpus an interval of a wanted width.

    Further gold is drawn as the pilot was. The first arguments, and their errors, are those of `estimate`; the last are
    those of `power_score`.

    Examples:
        >>> import goldspan
        >>> def report(at, is_found):
        ...     spans = [{"start": 13, "end": 14, "label": "COUNT"}] if is_found else []
        ...     return {"id": str(at), "text": "Police said: 3 died.", "spans": spans}
        >>> gold = [report(at, at % 2) for at in range(40)]
        >>> predictions = [report(at, at % 4 == 1) for at in range(1000)]
        >>> goldspan.power_estimate("documents(COUNT)", gold, predictions, width=0.15).needed
        238
    """
    check_wanted(width, assurance, "width")
    resolved = resolve_scheme(scheme, gold, predictions)
    read, found = (documents_from(source, resolved) for source in (gold, predictions))
    return plan_documents(pilot_of_estimate(quantity, read, found, resolved, weights=weights), width, assurance)


def power_split(
    quantity: str,
    gold: Source,
    first: Source,
    scheme: SchemeLike | None = None,
    *,
    readings: int,
    cost: float = 1.0,
    assurance: float = 0.95,
) -> ReadingSplit:
    """Split readings between double reading and more documents, so that the interval of an estimate is narrowest.

    Every document is read once, and some get gold by a second reading, which corrects the first readings as gold
    corrects predictions.

    Args:
        quantity: The quantity, as in `estimate`.
        gold: Gold of a pilot, as any source that `goldspan.load` accepts.
        first: A first reading of the pilot, by one reader.
        scheme: As in `estimate`.
        readings: Readings to spend, the pilot's included.
        cost: What gold costs beyond the first reading of a document, in readings.
        assurance: As in `power_score`.

    Raises:
        DataError: A document is invalid or has no first reading, or the pilot is not a simple random sample, is too
            small or shows no spread.
        UsageError: It is not a quantity, or a number is wrong.

    Examples:
        >>> import goldspan
        >>> def report(at, is_found):
        ...     spans = [{"start": 13, "end": 14, "label": "COUNT"}] if is_found else []
        ...     return {"id": str(at), "text": "Police said: 3 died.", "spans": spans}
        >>> gold = [report(at, at % 2) for at in range(100)]
        >>> first = [report(at, at % 2 and at % 25) for at in range(100)]
        >>> split = goldspan.power_split("documents(COUNT)", gold, first, readings=1000, cost=3)
        >>> with_gold, documents, width = split.best
        >>> with_gold, documents
        (178, 466)
    """
    check_wanted(None, assurance, "width")
    resolved = resolve_scheme(scheme, gold, first)
    read, once = (documents_from(source, resolved) for source in (gold, first))
    return split_of_readings(quantity, read, once, resolved, readings=readings, cost=cost, assurance=assurance)


def power_reading(
    gold: Source,
    predictions: Source,
    scheme: SchemeLike | None = None,
    *,
    measure: str = "spans.strict.micro.f1",
    order: str = "contested",
    random_share: float = 0.2,
    wanted: float | None = None,
    draws: int = 200,
    seed: int = 0,
) -> ReadingCurve:
    """Return how a score rises with the documents that people read, in an order and in random ones.

    The documents that are read count as the gold has them, and the others as predicted.

    Args:
        gold: Gold, as any source that `goldspan.load` accepts.
        predictions: What was found in its documents, such as by the extractor `vote:`.
        scheme: The scheme of both, as in `estimate`.
        measure: Path of the metric.
        order: What is read first, as for `push`: `contested`, `score`, `novelty` or `mix`.
        random_share: Share of random documents within the order, as for `push`.
        wanted: The metric to reach; None for the curve alone.
        draws: Number of random orders to compare with, 20 or more.
        seed: Seed of these.

    Raises:
        DataError: A document is invalid, its texts differ, or the metric is undefined for the predictions.
        UsageError: There is no such order or metric, the predictions do not have what the order needs, or a number is
            wrong.

    Examples:
        >>> import goldspan
        >>> def report(at, found):
        ...     spans = [{"start": 0, "end": 4, "label": "ACTOR", "score": 0.9 if at % 4 else 0.4}][:found]
        ...     return {"id": str(at), "text": "Iran struck.", "spans": spans}
        >>> gold = [report(at, bool(at % 4)) for at in range(40)]
        >>> predictions = [report(at, 1) for at in range(40)]
        >>> curve = goldspan.power_reading(gold, predictions, order="score", random_share=0, wanted=0.95)
        >>> curve.needed.ordered, round(curve.needed.random)
        (7, 26)
    """
    check_reading(measure, order, wanted, draws, seed)
    resolved = resolve_scheme(scheme, gold, predictions)
    read, found = (documents_from(source, resolved) for source in (gold, predictions))
    return reading_curve(
        read, found, resolved, measure=measure, order=order, random_share=random_share, wanted=wanted, draws=draws,
        seed=seed,
    )  # fmt: skip

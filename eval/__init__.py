"""Scoring of systems against gold, and agreement between annotators."""

from .agreement_results import Agreement, Disagreement, PairAgreement, ValueAgreement
from .metric_types.metric_groups import ConfidenceInterval
from .metric_types.score_intervals import ScoreIntervals
from .metric_types.span_metrics import (
    ByMeasure,
    CountedMetrics,
    MeasureIntervals,
    MeasureMetrics,
    PrecisionRecallF1,
    TokenIntervals,
    TokenMetrics,
)
from .metric_types.value_metrics import ClusterMetrics, ValueIntervals, ValueMetrics
from .pass_agreement import agreement
from .score_function import score
from .score_results import GoldSummary, Scores, SystemComparison
from .suggestion_bias import AnnotationAgreement, AnnotationRates, SuggestionEffect
from .system_score import SystemScore

__all__ = [
    "Agreement",
    "AnnotationAgreement",
    "AnnotationRates",
    "ByMeasure",
    "ClusterMetrics",
    "ConfidenceInterval",
    "CountedMetrics",
    "Disagreement",
    "GoldSummary",
    "MeasureIntervals",
    "MeasureMetrics",
    "PairAgreement",
    "PrecisionRecallF1",
    "ScoreIntervals",
    "Scores",
    "SuggestionEffect",
    "SystemComparison",
    "SystemScore",
    "TokenIntervals",
    "TokenMetrics",
    "ValueAgreement",
    "ValueIntervals",
    "ValueMetrics",
    "agreement",
    "score",
]

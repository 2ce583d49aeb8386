"""Scoring of systems against gold, and agreement between annotators.

Examples:
    >>> from goldspan.eval import agreement, score
    >>> ada = {"goma": [(0, 10, "ACTOR"), (19, 23, "LOCATION")]}
    >>> ben = {"goma": [(0, 3, "ACTOR"), (19, 23, "LOCATION")]}
    >>> scores = score(ada, ben, names=["ben"], resamples=0)
    >>> scores["ben"].spans.strict.f1, scores.metric("spans.partial.micro.f1", "ben")
    (0.5, 0.75)
    >>> agreement({"ada": ada, "ben": ben}).disagreements[0].kind
    'boundary'
"""

from .agreement_results import Agreement
from .annotation_progress.progress_report import ProgressReport
from .columns.span_columns import SpanColumns
from .comparisons.system_comparison import ComparisonTable, SystemComparison
from .comparisons.system_runs import RunStatistics, SystemRuns
from .disagreements import Disagreement
from .estimation.corrected_mean import EstimatedMean
from .estimation.estimate_functions import estimate, regress
from .estimation.estimates import Estimates, GroupEstimate
from .estimation.regressions import Coefficient, Regression
from .estimation.three_estimates import ThreeEstimates
from .hub_metrics.metric_folder import metric_folder
from .matching.compared_spans import ComparedSpans
from .matching.match_counts import MatchCounts
from .matching.span_measures import SpanMeasure
from .metric_types.agreement_metrics import (
    AgreementIntervals,
    DocumentAgreement,
    DocumentSpread,
    GammaCoefficient,
    MetricSpread,
    PairAgreement,
    PairIntervals,
    PassAgreement,
    ValueAgreement,
    ValueAgreementInterval,
)
from .metric_types.document_counts import DocumentCounts
from .metric_types.metric_groups import ConfidenceInterval
from .metric_types.score_intervals import ScoreIntervals
from .metric_types.slice_metrics import SliceIntervals, SliceMetrics
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
from .power.planned_estimates import ReadingSplit
from .power.power_functions import (
    power_agreement,
    power_compare,
    power_estimate,
    power_reading,
    power_score,
    power_split,
)
from .power.power_plan import PowerPlan
from .power.reading_results import ReadingCurve
from .score_files.comparability import Comparability, SettingDifference, comparable
from .score_files.merged_scores import merge_scores
from .score_files.score_reader import load_scores
from .score_function import score
from .score_results import GoldSummary, Scores
from .statistics.document_scores import DocumentScore, DocumentScores
from .suggestion_bias import AnnotationAgreement, AnnotationRates, SuggestionEffect
from .system_score import SystemScore

__all__ = [
    "Agreement",
    "AgreementIntervals",
    "AnnotationAgreement",
    "AnnotationRates",
    "ByMeasure",
    "ClusterMetrics",
    "Coefficient",
    "Comparability",
    "ComparedSpans",
    "ComparisonTable",
    "ConfidenceInterval",
    "CountedMetrics",
    "Disagreement",
    "DocumentAgreement",
    "DocumentCounts",
    "DocumentScore",
    "DocumentScores",
    "DocumentSpread",
    "EstimatedMean",
    "Estimates",
    "GammaCoefficient",
    "GoldSummary",
    "GroupEstimate",
    "MatchCounts",
    "MeasureIntervals",
    "MeasureMetrics",
    "MetricSpread",
    "PairAgreement",
    "PairIntervals",
    "PassAgreement",
    "PowerPlan",
    "PrecisionRecallF1",
    "ProgressReport",
    "ReadingCurve",
    "ReadingSplit",
    "Regression",
    "RunStatistics",
    "ScoreIntervals",
    "Scores",
    "SettingDifference",
    "SliceIntervals",
    "SliceMetrics",
    "SpanColumns",
    "SpanMeasure",
    "SuggestionEffect",
    "SystemComparison",
    "SystemRuns",
    "SystemScore",
    "ThreeEstimates",
    "TokenIntervals",
    "TokenMetrics",
    "ValueAgreement",
    "ValueAgreementInterval",
    "ValueIntervals",
    "ValueMetrics",
    "agreement",
    "comparable",
    "estimate",
    "load_scores",
    "merge_scores",
    "metric_folder",
    "power_agreement",
    "power_compare",
    "power_estimate",
    "power_reading",
    "power_score",
    "power_split",
    "regress",
    "score",
]

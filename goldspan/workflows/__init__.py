"""What needs several packages at once: whole steps of the work, each a function with a typed result.

They print nothing. What takes long takes a `progress` callback: the name of the step, how much is done, of how much.
Each name is imported when it is first used.

Examples:
    >>> from pathlib import Path
    >>> from goldspan.schema import conflict_scheme
    >>> from goldspan.workflows import convert_file
    >>> convert_file(Path("gold.jsonl"), "gold.parquet", conflict_scheme()).documents
    2
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .benchmarking.benchmark import run_benchmark
    from .benchmarking.benchmark_results import BenchmarkResult, ExtractorCost, FailedExtractor
    from .cross_validation import cross_validate
    from .demo.demo_summary import DemoSummary
    from .demo.run_demo import run_demo
    from .file_adjudication import adjudicate_files
    from .file_annotation import AnnotatedFile, annotate_file
    from .file_check import CheckSummary, check_file
    from .file_conversion import ConversionSummary, convert_file
    from .file_export import ExportSummary, export, export_file
    from .file_scores import ScoredFiles, score_files
    from .gold_disagreement import find_disagreements
    from .migration.migrate_files import MigrationSummary, migrate_files
    from .new_project.create_project import CreatedProject, create_project
    from .new_project.project_answers import LabelAnswer, ProjectAnswers
    from .pages.leaderboard_files import merge_score_files, write_leaderboard
    from .pages.report_file import write_report
    from .pipeline_training import TrainingSummary, train_pipeline
    from .record_building import BuildSummary, build_records
    from .stored_scores.score_replay import ScoreReplay, replay_scores
    from .studio.progress_reports import studio_report
    from .studio.pulled_work import Pulled
    from .studio.push_project import PushSummary
    from .studio.studio_calls import pull, push, push_review, push_team
    from .studio.team_projects import TeamPush

__all__ = [
    "AnnotatedFile",
    "BenchmarkResult",
    "BuildSummary",
    "CheckSummary",
    "ConversionSummary",
    "CreatedProject",
    "DemoSummary",
    "ExportSummary",
    "ExtractorCost",
    "FailedExtractor",
    "LabelAnswer",
    "MigrationSummary",
    "ProjectAnswers",
    "Pulled",
    "PushSummary",
    "ScoreReplay",
    "ScoredFiles",
    "TeamPush",
    "TrainingSummary",
    "adjudicate_files",
    "annotate_file",
    "build_records",
    "check_file",
    "convert_file",
    "create_project",
    "cross_validate",
    "export",
    "export_file",
    "find_disagreements",
    "merge_score_files",
    "migrate_files",
    "pull",
    "push",
    "push_review",
    "push_team",
    "replay_scores",
    "run_benchmark",
    "run_demo",
    "score_files",
    "studio_report",
    "train_pipeline",
    "write_leaderboard",
    "write_report",
]

_MODULES = {
    "file_annotation": ("AnnotatedFile", "annotate_file"),
    "file_check": ("CheckSummary", "check_file"),
    "file_adjudication": ("adjudicate_files",),
    "benchmarking.benchmark": ("run_benchmark",),
    "benchmarking.benchmark_results": ("BenchmarkResult", "ExtractorCost", "FailedExtractor"),
    "record_building": ("BuildSummary", "build_records"),
    "file_conversion": ("ConversionSummary", "convert_file"),
    "cross_validation": ("cross_validate",),
    "demo.demo_summary": ("DemoSummary",),
    "demo.run_demo": ("run_demo",),
    "file_export": ("ExportSummary", "export", "export_file"),
    "gold_disagreement": ("find_disagreements",),
    "migration.migrate_files": ("MigrationSummary", "migrate_files"),
    "new_project.create_project": ("CreatedProject", "create_project"),
    "new_project.project_answers": ("LabelAnswer", "ProjectAnswers"),
    "pages.leaderboard_files": ("merge_score_files", "write_leaderboard"),
    "pages.report_file": ("write_report",),
    "file_scores": ("ScoredFiles", "score_files"),
    "stored_scores.score_replay": ("ScoreReplay", "replay_scores"),
    "studio.progress_reports": ("studio_report",),
    "studio.pulled_work": ("Pulled",),
    "studio.push_project": ("PushSummary",),
    "studio.studio_calls": ("pull", "push", "push_review", "push_team"),
    "studio.team_projects": ("TeamPush",),
    "pipeline_training": ("TrainingSummary", "train_pipeline"),
}
__getattr__ = lazy_names(__name__, _MODULES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

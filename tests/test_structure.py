"""The structure of the project: small modules and folders, one name for each thing, plain words."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("annotate", "cli", "corpus", "eval", "goldspan", "schema", "seeds")
LARGEST_MODULE = 300
"""Lines."""
LARGEST_FOLDER = 16
"""Modules side by side."""

NOT_USED = (
    "she|hers?",
    "amiss|earns|mend(s|ed|ing)?|nobody knows|strangers?|surroundings|walls inside",
    "(?<!there )(?<!if )(is|are) (?-i:none)|is no (one|stretch|number|title|name|address|plan|folder|page)",
    "goes? on|went on|held against|takes? down|thrown away",
)
"""Words and turns that messages, docstrings and documents do not use; see the glossary in CONTRIBUTING.md."""

PUBLIC: dict[str, list[str]] = {
    "": [
        "__version__",
        "adjudicate",
        "agreement",
        "comparable",
        "estimate",
        "export",
        "load",
        "load_scores",
        "power_agreement",
        "power_compare",
        "power_estimate",
        "power_reading",
        "power_score",
        "power_split",
        "pull",
        "push",
        "regress",
        "score",
        "suggest",
    ],
    "schema": [
        "NEUTRAL",
        "VALUE_TYPES",
        "Actor",
        "ActorRegistry",
        "CombinedError",
        "DataError",
        "Decision",
        "DependencyError",
        "Document",
        "Edtf",
        "Extractor",
        "ExtractorFactory",
        "Field",
        "Gazetteer",
        "GoldspanError",
        "InvalidAnnotation",
        "Key",
        "Label",
        "Layer",
        "LayerFingerprint",
        "Metadata",
        "MigratedDocument",
        "Migration",
        "MigrationQuestion",
        "Parameter",
        "Place",
        "Problem",
        "RecordCodec",
        "Scheme",
        "Span",
        "UsageError",
        "Value",
        "ValueType",
        "Zone",
        "canonical_json",
        "canonical_language",
        "canonical_value",
        "conflict_scheme",
        "did_you_mean",
        "distance_km",
        "for_each",
        "is_english",
        "language_error",
        "layer_fingerprint",
        "load_actors",
        "load_migration",
        "load_places",
        "load_scheme",
        "migrate",
        "os_error_hint",
        "parse_edtf",
        "parse_language",
        "parse_migration",
        "parse_scheme",
        "pluralize",
        "primary_language",
        "record_json_schema",
        "save_scheme",
        "scheme_changes",
        "sha256_hex",
        "span_incompatibility",
        "truncate_problems",
        "value_text",
    ],
    "corpus": [
        "AdjudicatedPasses",
        "AdjudicationDecision",
        "Article",
        "Conflict",
        "Corpus",
        "CorpusStats",
        "LayerDiff",
        "SpanChange",
        "adjudicate",
        "build_documents",
        "check_records",
        "corpus_stats",
        "diff_layers",
        "load",
        "load_passes",
        "read_records",
        "write_records",
    ],
    "corpus.formats": [
        "CONTENTS",
        "AuditRow",
        "FileSample",
        "ForeignFormat",
        "Format",
        "FormatReader",
        "FormatWriter",
        "LabelledStatement",
        "LossReport",
        "ReadOptions",
        "ReadReport",
        "ReadRequest",
        "StatedDocument",
        "detect_format",
        "export_documents",
        "installed_formats",
        "load_format",
        "load_reader",
        "load_writer",
        "numbered_objects",
        "read_any",
    ],
    "annotate": ["AnnotationOutcome", "ExtractorInfo", "installed_extractors", "load_extractor", "suggest"],
    "annotate.rules": ["RULES", "Rules", "rules_support"],
    "annotate.label_studio": [
        "DEFAULT_SERVER",
        "Connection",
        "ServerPaths",
        "ServerStatus",
        "StudioClient",
        "StudioError",
        "StudioPaths",
        "down",
        "resolve_connection",
        "status",
        "studio_client",
        "studio_paths",
        "up",
    ],
    "eval": [
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
    ],
    "eval.report": ["agreement_page", "concordance_page", "leaderboard_page", "progress_page", "score_page"],
    "workflows": [
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
    ],
}


@functools.cache
def modules() -> list[Path]:
    tracked = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in tracked.stdout.split("\n") if name.endswith(".py") and (ROOT / name).exists()]


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def definitions(kind: type[ast.stmt]) -> dict[str, list[str]]:
    """Where names are defined at the top of modules, commands aside: a command is called like what it runs."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        if path.is_relative_to(ROOT / "cli"):
            continue
        for node in tree(path).body:
            if isinstance(node, kind) and not node.name.startswith("_"):  # type: ignore[attr-defined]
                places[node.name].append(str(path.relative_to(ROOT)))  # type: ignore[attr-defined]
    return places


def test_no_module_is_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > LARGEST_MODULE} == {}


def test_no_folder_is_crowded() -> None:
    counts: dict[str, int] = defaultdict(int)
    for path in modules():
        counts[str(path.parent.relative_to(ROOT))] += path.name != "__init__.py"
    assert {folder: count for folder, count in counts.items() if count > LARGEST_FOLDER} == {}


def test_no_two_modules_have_the_same_name() -> None:
    places = defaultdict(list)
    for path in modules():
        if path.name != "__init__.py":
            places[path.name].append(str(path.relative_to(ROOT)))
    # a command's module is called like the command, wherever what it runs lies
    twins = {
        name: paths for name, paths in places.items() if len([p for p in paths if not p.startswith("cli/commands")]) > 1
    }
    assert twins == {}


@pytest.mark.parametrize("kind", [ast.ClassDef, ast.FunctionDef])
def test_no_two_public_definitions_have_the_same_name(kind: type[ast.stmt]) -> None:
    assert {name: paths for name, paths in definitions(kind).items() if len(paths) > 1} == {}


@pytest.mark.parametrize("package", PUBLIC)
def test_the_public_names_are_these(package: str) -> None:
    names = importlib.import_module(f"goldspan.{package}".rstrip(".")).__all__
    assert names == PUBLIC[package]


def prose() -> Iterator[tuple[str, str]]:
    """Every docstring, message and document, with its place."""
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if path.name != "guidelines.md":  # its wording is the annotators', and its version the gold's
            yield str(path.relative_to(ROOT)), re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)


def test_words_that_are_not_used() -> None:
    words = re.compile(rf"\b({'|'.join(NOT_USED)})\b", re.I)
    met = [f"{place}: {match[0]}" for place, text in prose() for match in words.finditer(text)]
    assert met == []


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    article = re.compile(r"(The|A|An|What|Whether|Where|Who|How|As|Of|All|Each|No|It|One|This)\b")
    met = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)) and article.match(text):
                decorators = {ast.unparse(item) for item in node.decorator_list}
                if not decorators & {"property", "cached_property", "functools.cached_property"}:
                    met.append(f"{path.relative_to(ROOT)}:{node.lineno} {text.splitlines()[0]}")
    assert met == []


def test_no_lazy_name_is_hidden_by_a_module_of_its_name() -> None:
    for package in ("goldspan", "goldspan.workflows"):
        module = importlib.import_module(package)
        for name in module.__all__:
            first = getattr(module, name)
            assert getattr(module, name) is first, f"{package}.{name}"

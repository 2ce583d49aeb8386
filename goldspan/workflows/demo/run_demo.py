"""The whole loop on the seed articles, as a list of steps over one folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...annotate.label_studio import down
from ...schema import conflict_scheme
from ...schema.extras import require_extras
from ...schema.progress import Progress, ignore_progress
from . import demo_steps
from .artifact_cache import ArtifactCache
from .demo_steps import DemoContext
from .demo_summary import DemoSummary, summarise

_EXTRAS = ("duplicates", "hub", "parquet", "report", "rules", "tokens")


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A step of the demo.

    Attributes:
        name: One word.
        description: What it does, in a line.
        run: Does it, and returns the outcome in a line.
        files: The files it leaves in the folder, by the names that the summary uses.
        server: Whether it needs Label Studio.
    """

    name: str
    description: str
    run: Callable[[DemoContext], str]
    files: dict[str, str] = field(default_factory=dict)
    server: bool = False


STEPS = (
    DemoStep(
        "build",
        "build records with metadata and zones from the seed articles, check them, store them as Parquet and read back",
        demo_steps.build_corpus,
        {"records": "corpus.jsonl", "parquet": "corpus.parquet"},
    ),
    DemoStep(
        "suggest",
        "suggest spans with the rules, so that annotators only correct",
        demo_steps.suggest_spans,
        {"suggestions": "rules.jsonl"},
    ),
    DemoStep(
        "adjudicate",
        "adjudicate two passes over the articles to the gold",
        demo_steps.adjudicate_passes,
        {"passes": "passes", "gold": "gold.jsonl"},
    ),
    DemoStep(
        "annotate",
        "push the suggestions to Label Studio, submit the gold there as an annotator, pull it back and compare",
        demo_steps.annotate_in_studio,
        {"pulled": "pulled.jsonl"},
        server=True,
    ),
    DemoStep(
        "agree",
        "measure the agreement of the passes",
        demo_steps.measure_agreement,
        {"agreement": "agreement.json"},
    ),
    DemoStep(
        "train",
        "train a spaCy pipeline for each article on the others, and predict that article (the longest step)",
        demo_steps.train_pipelines,
        {"trained": "trained.jsonl"},
    ),
    DemoStep(
        "score",
        "score the rules and the trained pipelines against the gold, and write a report",
        demo_steps.score_systems,
        {"scores": "scores.json", "report": "report.html"},
    ),
    DemoStep(
        "export", "export the gold with its passes as a dataset", demo_steps.export_dataset, {"dataset": "dataset"}
    ),
    DemoStep(
        "load",
        "load the dataset with load_dataset, in a Python process without goldspan and without network",
        demo_steps.load_exported_dataset,
    ),
)
"""The loop, in order."""


def run_demo(
    out: Path,
    *,
    studio: bool = True,
    stop_studio: bool = False,
    log: Callable[[str], None] = lambda _: None,
    progress: Progress = ignore_progress,
) -> DemoSummary:
    """Run the whole loop on the seed articles.

    Each file is written completely or not at all. So an interrupted demo continues when it is run again, and a second
    run leaves the same bytes.

    Args:
        out: Folder for the files.
        studio: Whether the articles also go through Label Studio and back.
        stop_studio: Whether to stop the server at the end.
        log: Takes lines about each step: what it does, and its outcome.
        progress: Takes the progress of long steps.

    Raises:
        DataError: A step found something wrong, which is a fault of goldspan here.
        DependencyError: An extra is not installed, the folder cannot be written, or the server cannot be installed or
            started.
        UsageError: The folder holds files that no demo made.
    """
    require_extras("the demo", *_EXTRAS, *(["studio"] if studio else []))
    demo = DemoContext(out, conflict_scheme(), ArtifactCache(out), log=lambda line: log(f"  {line}"), progress=progress)
    steps = [step for step in STEPS if studio or not step.server]
    for number, step in enumerate(steps, start=1):
        log(f"{number}/{len(steps)} {step.name}: {step.description}")
        log(f"  {step.run(demo)}")
    if studio and stop_studio:
        down()
    files = {name: file for step in steps for name, file in step.files.items()}
    return summarise(demo, files, running=studio and not stop_studio)

"""The whole loop on the seeds: a list of steps over one folder, and the account of what came of them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...annotate.label_studio import down
from ...cli.console import note
from ...schema import conflict_scheme
from . import demo_steps as steps_of
from .artifact_cache import ArtifactCache
from .demo_steps import DemoContext
from .demo_summary import DemoSummary, summarise


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A step.

    Attributes:
        name: One word.
        line: What it does.
        run: Does it, and says in a line what came of it.
        makes: What it leaves in the folder, by the name that the account calls it.
        server: Whether it needs Label Studio.
    """

    name: str
    line: str
    run: Callable[[DemoContext], str]
    makes: dict[str, str] = field(default_factory=dict)
    server: bool = False


STEPS = (
    DemoStep(
        "build",
        "the articles of seeds/ to records with metadata and zones; checked, stored as Parquet, read back",
        steps_of.build,
        {"records": "corpus.jsonl", "parquet": "corpus.parquet"},
    ),
    DemoStep(
        "suggest",
        "rules read the articles, so that people need only correct",
        steps_of.suggest,
        {"suggestions": "rules.jsonl"},
    ),
    DemoStep(
        "adjudicate",
        "two passes over the articles to the gold",
        steps_of.adjudicated,
        {"passes": "passes", "gold": "gold.jsonl"},
    ),
    DemoStep(
        "annotate",
        "suggestions to Label Studio; the gold played in as an annotator's work, pulled back, compared",
        steps_of.people,
        {"pulled": "pulled.jsonl"},
        server=True,
    ),
    DemoStep("agree", "the passes against each other", steps_of.agreed, {"agreement": "agreement.json"}),
    DemoStep(
        "train",
        "for each article a spaCy pipeline on the others, which then reads it; this takes longest",
        steps_of.trained,
        {"trained": "trained.jsonl"},
    ),
    DemoStep(
        "score",
        "rules and trained pipelines against the gold, with a report to look at",
        steps_of.scored,
        {"scores": "scores.json", "report": "report.html"},
    ),
    DemoStep("export", "the gold with its passes to a dataset", steps_of.exported, {"dataset": "dataset"}),
    DemoStep("load", "the dataset by load_dataset, in a Python without goldspan and network", steps_of.loaded),
)
"""The loop, in order."""


def run_demo(out: Path, *, studio: bool = True, stop_studio: bool = False) -> DemoSummary:
    """Goes through the loop; a line of each step tells what it does, and one what came of it.

    Every file is written whole or not at all, so a demo that was interrupted goes on when it is called again, and one
    that is called twice leaves the same bytes.

    Args:
        out: Folder for what it makes.
        studio: Whether the articles also go through Label Studio and back.
        stop_studio: Whether the server is stopped at the end.

    Raises:
        DataError: A step found something wrong, which is a fault of goldspan here.
        DependencyError: The folder cannot be written, or the server cannot be installed or started.
        UsageError: The folder holds things that no demo made.
    """
    shop = DemoContext(out, conflict_scheme(), ArtifactCache(out))
    steps = [step for step in STEPS if studio or not step.server]
    for number, step in enumerate(steps, start=1):
        note(f"{number}/{len(steps)} {step.name}: {step.line}")
        note(f"  {step.run(shop)}")
    if studio and stop_studio:
        down()
    makes = {name: file for step in steps for name, file in step.makes.items()}
    return summarise(shop, makes, running=studio and not stop_studio)


def command_to_continue(out: Path, *, studio: bool) -> str:
    """The command that goes on after an interruption."""
    return shlex.join(["goldspan", "demo", "--out", str(out), *([] if studio else ["--no-studio"])])

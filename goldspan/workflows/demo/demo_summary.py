"""What the demo says at its end: what was made, how it scored, where it is, and what to do next."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...cli.console import cell, result, table
from ...corpus import corpus_stats
from ...eval.matching.match_counts import MEASURES
from .demo_steps import EPOCHS, FOLDS, DemoContext


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The demo's account.

    Attributes:
        scheme: Name and version.
        articles: How many.
        words: In them.
        spans: Gold spans by label.
        scores: By system, F1 by measure and the value F1 of each label; figures as `goldspan score --json` has them.
        agreement: Figures as `goldspan agree --json` has them.
        dataset: Rows by configuration and split, as `load_dataset` found them.
        files: Paths by name.
        studio: Where the server is, who logs in, and the commands for the password and to stop it; None without it.
        next: Commands to try.
    """

    scheme: str
    articles: int
    words: int
    spans: dict[str, int]
    scores: dict[str, dict[str, Any]]
    agreement: dict[str, float | None]
    dataset: dict[str, dict[str, int]]
    files: dict[str, str]
    studio: dict[str, Any] | None
    next: list[str]

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    def show(self) -> None:
        """As text."""
        spans = ", ".join(f"{label} {count}" for label, count in self.spans.items())
        result(f"\n{self.articles} articles, {self.words} words, {sum(self.spans.values())} gold spans: {spans}\n")
        rows = []
        for name, figures in self.scores.items():
            values = (cell(figures["values"].get(label)) for label in self.spans)
            rows.append((name, *(cell(figures[measure]) for measure in MEASURES), *values))
        table(rows, ("F1 against the gold", *MEASURES, *(f"{label} values" for label in self.spans)))
        result("rules: written with these articles and their guidelines in sight, which says nothing of others")
        result(f"trained: each article read by a pipeline that saw only the others, {EPOCHS} times: little to learn")
        result("         from. Its values are filled by rules and registry, as those of every system that gives none")
        result(f"agreement of the passes: {', '.join(f'{name} {cell(x)}' for name, x in self.agreement.items())}")
        result("both readers were language models that had the same guidelines, not people\n")
        for name, path in self.files.items():
            result(f"{name:<13} {path}")
        if self.studio is not None:
            result(f"\nLabel Studio  {self.studio['project']}")
            result(f"log in as     {self.studio['username']}, with what `{self.studio['password']}` prints")
            result(f"stop it       {self.studio['stop']}" if self.studio["running"] else "it was stopped")
        result("\nnext")
        for command in self.next:
            result(f"  {command}")
        if shutil.which("goldspan") is None:
            result(f"goldspan is {sys.argv[0]} here")


def summarise(shop: DemoContext, makes: Mapping[str, str], *, running: bool) -> DemoSummary:
    """The account of a demo that is through.

    Args:
        shop: With all that its steps made.
        makes: What lies in its folder, by name.
        running: Whether the server, where one was started, still runs.
    """
    stats = corpus_stats(shop.gold, shop.scheme)
    scores = {}
    for system in shop.scores.systems:
        figures: dict[str, Any] = {measure: system.spans[measure]["micro"]["f1"] for measure in MEASURES}
        scores[system.name] = {**figures, "values": {k: v["value_f1"] for k, v in system.values.items()}}
    files = {name: str(shop.path(file)) for name, file in makes.items()}
    [pair] = shop.agreement.pairwise
    passes = " ".join(str(shop.path(f"passes/{name}.jsonl")) for name in shop.passes)
    systems = f"{files['suggestions']} {files['trained']}"
    return DemoSummary(
        scheme=shop.scheme.ref,
        articles=len(shop.gold),
        words=stats.words,
        spans={label: sum(s.label == label for d in shop.gold for s in d.spans) for label in shop.scheme.labels},
        scores=scores,
        agreement={
            "strict F1": pair["strict_f1"],
            "alpha-u": shop.agreement.alpha_u,
            "kappa": shop.agreement.token_kappa,
        },
        dataset=shop.loaded.rows,
        files=files,
        studio=_studio(shop, running=running),
        next=[
            f"goldspan score {files['gold']} {systems} --errors",
            f"goldspan agree {passes}",
            f"goldspan train {files['gold']} --out pipeline --folds {FOLDS}",
            "goldspan lookup 'Hezbollah Brigades'",
        ],
    )


def _studio(shop: DemoContext, *, running: bool) -> dict[str, Any] | None:
    if shop.server is None:
        return None
    return {
        "running": running,
        "url": shop.server.url,
        "project": shop.project,
        "username": shop.server.username,
        "password": "goldspan studio status --password",
        "stop": "goldspan studio down",
    }

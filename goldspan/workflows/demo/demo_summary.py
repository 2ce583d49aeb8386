"""The summary of a demo: what was made, how it scored, where it is, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...corpus import corpus_stats
from ...eval.matching.match_counts import MEASURES
from .demo_steps import FOLDS, DemoContext


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """The summary of a demo.

    Attributes:
        scheme: Name and version of the scheme.
        articles: Number of articles.
        words: Number of words in them.
        spans: Number of gold spans by label.
        scores: By system, F1 by measure and the value F1 of each label; figures as in `goldspan score --json`.
        agreement: Agreement of the passes; figures as in `goldspan agree --json`.
        dataset: Number of rows by configuration and split, as `load_dataset` loads them.
        files: Paths by name.
        studio: Address of the server, its account, and the commands for the password and to stop it; None without it.
        next: Commands to try next.
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
        """Return the summary as JSON-compatible data."""
        return asdict(self)


def summarise(demo: DemoContext, files: Mapping[str, str], *, running: bool) -> DemoSummary:
    """Summarise a demo whose steps have all run.

    Args:
        demo: What the steps made.
        files: The files in its folder, by name.
        running: Whether the server, if one was started, is still running.
    """
    stats = corpus_stats(demo.gold, demo.scheme)
    scores = {}
    for system in demo.scores.systems:
        figures: dict[str, Any] = {measure: system.spans[measure].f1 for measure in MEASURES}
        scores[system.name] = {**figures, "values": {k: v.value_f1 for k, v in system.values.items()}}
    paths = {name: str(demo.path(file)) for name, file in files.items()}
    [pair] = demo.agreement.pairwise
    passes = " ".join(str(demo.path(f"passes/{name}.jsonl")) for name in demo.passes)
    systems = f"{paths['suggestions']} {paths['trained']}"
    return DemoSummary(
        scheme=demo.scheme.ref,
        articles=len(demo.gold),
        words=stats.words,
        spans={label: sum(s.label == label for d in demo.gold for s in d.spans) for label in demo.scheme.labels},
        scores=scores,
        agreement={
            "strict F1": pair.strict_f1,
            "alpha-u": demo.agreement.alpha_u,
            "kappa": demo.agreement.token_kappa,
        },
        dataset=demo.dataset.rows,
        files=paths,
        studio=_studio(demo, running=running),
        next=[
            f"goldspan score {paths['gold']} {systems} --errors",
            f"goldspan agree {passes}",
            f"goldspan train {paths['gold']} --out pipeline --folds {FOLDS}",
            "goldspan lookup 'Hezbollah Brigades'",
        ],
    )


def _studio(demo: DemoContext, *, running: bool) -> dict[str, Any] | None:
    if demo.server is None:
        return None
    return {
        "running": running,
        "url": demo.server.url,
        "project": demo.project_url,
        "username": demo.server.username,
        "password": "goldspan studio status --password",
        "stop": "goldspan studio down",
    }

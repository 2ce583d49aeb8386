"""Reports as self-contained HTML pages, with metrics, plots and a side-by-side view of the documents.

Examples:
    >>> from pathlib import Path
    >>> import goldspan
    >>> from goldspan.eval.report import score_page
    >>> from goldspan.workflows import write_report
    >>> gold = goldspan.load("gold.jsonl")
    >>> system = goldspan.load(goldspan.suggest(gold, "rules"))
    >>> scores = goldspan.score(gold, system, resamples=0)
    >>> write_report(Path("report.html"), score_page(scores, gold, [system], gold.scheme))
"""

from .agreement_page import agreement_page
from .concordance_page import concordance_page
from .leaderboard_page import leaderboard_page
from .progress_page import progress_page
from .scores_page import score_page

__all__ = ["agreement_page", "concordance_page", "leaderboard_page", "progress_page", "score_page"]

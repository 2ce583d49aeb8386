"""Reports as self-contained HTML pages, with metrics, plots and a side-by-side view of the documents."""

from .agreement_page import agreement_page
from .scores_page import score_page

__all__ = ["agreement_page", "score_page"]

"""Reports to look at: one HTML page that needs no network, with figures, plots and the documents side by side."""

from .agreement_page import agreement_page
from .scores_page import score_page

__all__ = ["agreement_page", "score_page"]

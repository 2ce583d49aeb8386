"""Reports to look at: one HTML page that needs no network, with figures, plots and the documents side by side."""

from .pages import agreement_page, score_page

__all__ = ["agreement_page", "score_page"]

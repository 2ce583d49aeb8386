"""Scoring of systems against gold, and agreement between annotators."""

from .agreement import Agreement, agree
from .score_results import Scores, SystemScore
from .scoring import score

__all__ = ["Agreement", "Scores", "SystemScore", "agree", "score"]

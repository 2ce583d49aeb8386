"""Scores of systems against gold, and agreement between annotators."""

from .agreement import Agreement, agree
from .score import Scores, SystemScore, score

__all__ = ["Agreement", "Scores", "SystemScore", "agree", "score"]

"""Scores of systems against gold, and agreement between annotators."""

from .agreement import Agreement, agree
from .score import score
from .scores import Scores, SystemScore

__all__ = ["Agreement", "Scores", "SystemScore", "agree", "score"]

"""Suggestions by extractors, and people's work in Label Studio."""

from .registry import Installed, installed_extractors, load_extractor
from .runner.run import Annotated, annotate

__all__ = ["Annotated", "Installed", "annotate", "installed_extractors", "load_extractor"]

"""Suggestions by extractors, and people's work in Label Studio."""

from .registry import ExtractorInfo, installed_extractors, load_extractor
from .runner.run import AnnotationRun, annotate

__all__ = ["AnnotationRun", "ExtractorInfo", "annotate", "installed_extractors", "load_extractor"]

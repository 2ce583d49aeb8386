"""Suggestions by extractors, and people's work in Label Studio."""

from .registry import ExtractorInfo, installed_extractors, load_extractor
from .runner.run import AnnotationOutcome, annotate

__all__ = ["AnnotationOutcome", "ExtractorInfo", "annotate", "installed_extractors", "load_extractor"]

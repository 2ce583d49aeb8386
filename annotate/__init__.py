"""Pre-annotation by extractors, and annotation in Label Studio."""

from .registry import ExtractorInfo, installed_extractors, load_extractor
from .runner.outcome import AnnotationOutcome
from .suggestions import suggest

__all__ = ["AnnotationOutcome", "ExtractorInfo", "installed_extractors", "load_extractor", "suggest"]

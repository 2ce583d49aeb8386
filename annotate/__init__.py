"""Pre-annotation by extractors, and annotation in Label Studio."""

from .registry import ExtractorInfo, installed_extractors, load_extractor
from .runner.outcome import AnnotationOutcome
from .runner.run import annotate

__all__ = ["AnnotationOutcome", "ExtractorInfo", "annotate", "installed_extractors", "load_extractor"]

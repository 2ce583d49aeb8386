"""Pre-annotation by extractors, and annotation in Label Studio."""

from .registry import ExtractorInfo, installed_extractors, load_extractor
from .runner.annotate_documents import annotate
from .runner.outcome import AnnotationOutcome

__all__ = ["AnnotationOutcome", "ExtractorInfo", "annotate", "installed_extractors", "load_extractor"]

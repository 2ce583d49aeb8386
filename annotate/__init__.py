"""Pre-annotation by extractors, and annotation in Label Studio.

Examples:
    >>> from goldspan.annotate import installed_extractors, suggest
    >>> "rules" in [extractor.name for extractor in installed_extractors()]
    True
    >>> for document in suggest("gold.jsonl", "rules"):
    ...     print(document.id, [document.surface(span) for span in document.spans])
    erbil ['Iran', 'Erbil', 'Monday', 'Three']
    goma ['M23 rebels', 'Goma']
"""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .registry import ExtractorInfo, installed_extractors, load_extractor
    from .runner.outcome import AnnotationOutcome
    from .suggestions import suggest
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "registry": ("ExtractorInfo", "installed_extractors", "load_extractor"),
            "runner.outcome": ("AnnotationOutcome",),
            "suggestions": ("suggest",),
        },
    )

__all__ = ["AnnotationOutcome", "ExtractorInfo", "installed_extractors", "load_extractor", "suggest"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

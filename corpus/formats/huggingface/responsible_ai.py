"""The part of Croissant metadata about responsible AI: who annotated, with what, what is known of errors and limits.

Only what the data or its authors state is stated; what is unknown is left out. The card says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .metadata import ReleaseMetadata
from .statistics import DatasetStatistics

_MACHINES = ("language model", "extractor")


def responsible_ai(statistics: DatasetStatistics, release: ReleaseMetadata) -> dict[str, Any]:
    """Return the fields that facts can fill.

    Args:
        statistics: Statistics of the dataset.
        release: Metadata of the dataset.
    """
    about, stats = release.about, statistics.stats
    guidelines = ", ".join(sorted(statistics.gold.guidelines)) or statistics.scheme.guidelines
    kinds = sorted({kind for layer in statistics.passes.values() for kind in layer.kinds})
    fields: dict[str, Any] = {
        "dataCollection": about.texts.strip(),
        "dataCollectionTimeFrame": list(stats.published or ()),
        "dataAnnotationProtocol": [*filter(None, (about.made.strip(), guidelines and f"guidelines {guidelines}"))],
        "annotationsPerItem": str(len(statistics.passes)) if statistics.passes else "",
        "annotatorDemographics": kinds,
        "machineAnnotationTools": [kind for kind in kinds if any(machine in kind for machine in _MACHINES)],
        "dataAnnotationAnalysis": list(_analysis(release)),
        "dataUseCases": about.uses.strip(),
        "dataLimitations": about.limits.strip(),
        "dataBiases": about.bias.strip(),
        "personalSensitiveInformation": about.sensitive.strip(),
        "dataReleaseMaintenancePlan": about.maintenance.strip(),
    }
    return {f"rai:{name}": value for name, value in fields.items() if value}


def _analysis(release: ReleaseMetadata) -> Iterator[str]:
    agreement = release.agreement
    for pair in agreement["pairwise"] if agreement is not None else ():
        if pair["strict_f1"] is not None:
            compared = f"{pair['a']} and {pair['b']}, {pair['documents']} documents"
            yield f"agreement of {compared}: strict F1 {pair['strict_f1']:.3f}"
    if (found := release.reread) is not None:
        yield f"spans drawn at random and read again: {found.changed} of {found.spans} would be changed"

"""Test of a model's pass against passes of readers, with what the result leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...schema import DataError, Document, Problem, Scheme, UsageError, pluralize
from ..coefficients.pass_columns import PassColumns
from ..coefficients.resampling import DocumentResampling
from ..metric_types.replacement_tests import ModelReplacement, ReplacementTest
from ..shared_documents import group_by_document
from .alternative_annotator import LEVEL, MIN_READ, MIN_READERS, replacement_tests
from .span_credit import PassCredits, pass_credits


def check_replacement(readers: int, epsilon: float) -> None:
    """Check that a model can be tested against a number of readers.

    Raises:
        UsageError: There are fewer than three readers, or epsilon is no share.
    """
    if readers < MIN_READERS:
        what = f"`model` is tested against three readers or more, and there {'is' if readers == 1 else 'are'} {readers}"
        raise UsageError(f"{what}: fewer show no consensus that it could share. Fix: give the pass of another reader")
    if isinstance(epsilon, bool) or not isinstance(epsilon, int | float) or not 0 <= epsilon < 1:
        raise UsageError(f"`epsilon` is {epsilon!r}. Fix: a share from 0 to below 1, such as 0.2")


def compare_with_readers(
    readers: Mapping[str, Sequence[Document]],
    name: str,
    documents: Sequence[Document],
    scheme: Scheme,
    *,
    epsilon: float,
    resamples: int,
    seed: int,
    intervals: bool,
) -> tuple[ModelReplacement, list[str]]:
    """Test whether a model may stand in for a reader.

    Args:
        readers: The passes of the readers.
        name: Name of the model's pass.
        documents: The model's pass.
        scheme: Scheme of all.
        epsilon: By how much the model may be worse than a reader.
        resamples: Number of bootstrap resamples for intervals.
        seed: Random seed of the resamples.
        intervals: Whether fewer than 10 documents have intervals too.

    Returns:
        The tests, and notes on them.

    Raises:
        DataError: No document was read by the model and two readers, or texts differ.
        UsageError: As in `check_replacement`, or a reader has the name of the model.
    """
    check_replacement(len(readers), epsilon)
    if name in readers:
        raise UsageError(f"the model and a reader are both called {name!r}. Fix: give the model a name of its own")
    versions = group_by_document({**readers, name: documents})
    shared_credits = pass_credits(PassColumns([*readers, name], versions, scheme), scheme)
    compared = shared_credits.read[-1] & (shared_credits.read[:-1].sum(axis=0) > 1)
    if not compared.any():
        fix = "give passes over the same documents"
        raise DataError(Problem(f"no document was read by {name} and two readers", fix))
    resampling = DocumentResampling(resamples, seed, intervals)
    tests = replacement_tests(shared_credits, epsilon, resampling)
    return ModelReplacement(name, float(epsilon), LEVEL, tests), list(_notes(shared_credits, compared, tests))


def _notes(shared_credits: PassCredits, compared: NDArray[np.bool_], tests: Sequence[ReplacementTest]) -> list[str]:
    model = shared_credits.names[-1]
    notes = []
    if lacking := int((~shared_credits.read[-1] & (shared_credits.read[:-1].sum(axis=0) > 1)).sum()):
        notes.append(f"{model} has not read {pluralize(lacking, 'document')} that two readers have: not tested there")
    if empty := int((compared & ~shared_credits.marked[..., -1].any(axis=0)).sum()):
        notes.append(
            f"{pluralize(empty, 'document')} in which nobody marked anything: not counted in the test of {model}"
        )
    if shared_credits.without_values:
        labels = ", ".join(shared_credits.without_values)
        notes.append(f"a pass has no values for {labels}: the test of {model} compares these labels without values")
    if biased := sorted(shared_credits.suggested):
        notes.append(
            f"readers saw suggestions of {', '.join(biased)}, which draw them towards {model}: the test is no "
            "evidence. Fix: test it on documents that were read blind"
        )
    untested = [test.label or "all labels" for test in tests if test.may_replace is None]
    if untested:
        notes.append(
            f"not tested: {', '.join(dict.fromkeys(untested))}: fewer than {MIN_READERS} readers have "
            f"{MIN_READ} documents that {model} and another reader have read, and in which somebody marked something"
        )
    return notes

"""Seeds and other whole numbers that calls in Python take, and what is said of something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goldspan.annotate.training import train
from goldspan.corpus import Corpus
from goldspan.eval import agreement, score
from goldspan.schema import Document, Scheme, Span, UsageError
from goldspan.workflows.benchmarking.benchmark import run_benchmark
from goldspan.workflows.pipeline_training import train_pipeline

GOLD = [Document(id=f"d{n:02}", text="Iran", spans=(Span(0, 4, "ACTOR"),)) for n in range(12)]

CALLS: dict[str, Callable[[Scheme, dict[str, Any]], object]] = {
    "agreement": lambda _, numbers: agreement({"a": GOLD, "b": GOLD}, **numbers),
    "score": lambda _, numbers: score(GOLD, GOLD, **numbers),
    "benchmark": lambda scheme, numbers: run_benchmark("none", ["rules"], scheme, **numbers),
    "train": lambda scheme, numbers: train(GOLD, scheme, **numbers),
    "pipeline": lambda scheme, numbers: train_pipeline("none", Path("none"), scheme, **numbers),
    "sample": lambda scheme, numbers: Corpus(GOLD, scheme).sample(2, **numbers),
}
NAMES = {
    "agreement": "resamples",
    "score": "resamples",
    "benchmark": "resamples",
    "train": "epochs",
    "pipeline": "folds",
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wrong", [None, -1, 1.5, 2.0, True, "3", np.bool_(True)], ids=repr)
def test_what_is_not_a_whole_number_from_0_up_is_refused_by_name(call: str, wrong: object, scheme: Scheme) -> None:
    for name in ("seed", *filter(None, [NAMES.get(call)])):
        with pytest.raises(UsageError) as refused:
            CALLS[call](scheme, {name: wrong})
        said = "is negative" if wrong == -1 else "is not a whole number"
        assert str(refused.value).startswith(f"`{name}`: {wrong!r} {said}. Fix: a ")


def test_numbers_of_numpy_are_whole_numbers_and_spacy_has_a_largest_seed(scheme: Scheme) -> None:
    numbers: Any = {"seed": np.int64(3), "resamples": np.int32(5)}
    assert score(GOLD, GOLD, **numbers).to_dict() == score(GOLD, GOLD, seed=3, resamples=5).to_dict()
    with pytest.raises(
        UsageError, match=r"`seed`: 4294967296 is larger than 4,294,967,295. Fix: a whole number from 0 to"
    ):
        train(GOLD, scheme, seed=2**32)

"""Files of all formats with seeded faults: every span has its words or is named, none is silent, nothing falls over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from goldspan.corpus.formats import FormatReader, installed_formats, load_format
from goldspan.schema import GoldspanError

from ..conftest import FUZZ_FILES
from .fuzz import json_shapes, own_shapes, text_shapes  # noqa: F401 - they register their shapes
from .fuzz.faults import FAULTS, Fault, damaged
from .fuzz.file_shapes import SHAPES, Shape
from .fuzz.seeded_texts import seeded_texts, state_bounds
from .fuzz.span_accounts import outcome

COSTLY = "hf of goldspan"
"""A shape whose package takes longer to load than all other files to read; only `make fuzz` reads it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "files" in metafunc.fixturenames:
        number = metafunc.config.getoption("--fuzz-files")
        names = list(SHAPES)
        if number <= FUZZ_FILES:
            names.remove(COSTLY)
        files = {name: range(list(SHAPES).index(name), number, len(SHAPES)) for name in names}
        metafunc.parametrize("files", list(files.values()), ids=names)


def test_every_format_that_is_read_is_fuzzed() -> None:
    readable = {name for name in installed_formats() if isinstance(load_format(name), FormatReader)}
    assert readable == {shape.form for shape in SHAPES.values()}


def test_every_span_has_its_words_or_is_named(
    files: range, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    told: list[dict[str, Any]] = []
    for seed in files:
        told += read_seeded(seed, tmp_path / str(seed))
    for one in told:
        record_property("fuzz file", one)
    assert not [
        f"{one['shape']}, {one['fault']}, seed {one['seed']}: {one['why']}" for one in told if one["kind"] == "failed"
    ]


def read_seeded(seed: int, folder: Path) -> list[dict[str, Any]]:
    """Write the file of a seed, read it with the name of its format and without, and return what became of it."""
    names = list(SHAPES)
    shape = SHAPES[names[seed % len(names)]]
    fitting = [fault for fault in FAULTS.values() if fault.fits(shape)]
    turn = seed // len(names) * 7 + seed % len(names)  # files in a row have different faults, and each has its turn
    for attempt in range(len(fitting)):
        fault = fitting[(turn + attempt) % len(fitting)]
        own = folder / str(attempt)
        own.mkdir(parents=True)
        if told := _written_and_read(shape, fault, seed, own):
            return told
    raise AssertionError(f"no fault fits the texts of seed {seed}")


def _written_and_read(shape: Shape, fault: Fault, seed: int, folder: Path) -> list[dict[str, Any]]:
    random = Random(f"{seed} {fault.name}")
    several = {"several": shape.several, "flat": shape.flat, "nested": shape.nested}
    texts = seeded_texts(random, **several, latin=fault.latin, labels=shape.labels)
    state_bounds(texts, shape.unit)
    if fault.state is not None and not fault.state(texts, shape, random):
        return []
    try:
        path = shape.write(texts, folder, random)
    except GoldspanError:  # goldspan does not write it
        return []
    damaged_path = damaged(path, fault, random)
    if damaged_path is None:
        return []
    told = []
    drops = fault.name == "unknown label" and random.random() < 0.5
    for name in ("", shape.form):
        result = outcome(damaged_path, texts, shape, fault, name, drops=drops)
        told.append({"shape": shape.name, "form": shape.form, "fault": fault.name, "seed": seed, **vars(result)})
    return told

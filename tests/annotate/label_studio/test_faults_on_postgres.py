"""A share of the runs with faults on PostgreSQL, where several write at once; `make soak` makes all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.schema import Scheme

from .test_faults import Theatre, kind_of, play, theatre_on

pytestmark = pytest.mark.server

SEEDS = (9,)
"""All sorts of faults, with two pushes at once."""


@pytest.fixture(scope="module")
def theatre(server_environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with theatre_on(True, tmp_path_factory.mktemp("stage"), server_environments) as made:
        yield made


@pytest.mark.parametrize("draw", SEEDS, ids=[f"{kind_of(seed)} {seed}" for seed in SEEDS])
def test_nothing_is_lost_doubled_or_shifted(
    draw: int, theatre: Theatre, tmp_path: Path, scheme: Scheme, request: pytest.FixtureRequest
) -> None:
    play(draw, theatre, tmp_path, scheme, request)

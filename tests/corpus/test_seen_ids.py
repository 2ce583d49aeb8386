"""The ids met so far: exactly those that a set would know."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.storage.shards.seen_ids import ID_DIGEST, SeenIds, id_digest


@given(st.lists(st.integers(0, 400), max_size=900))
@settings(max_examples=30, deadline=None)
def test_they_are_those_of_a_set(numbers: list[int]) -> None:
    seen, known = SeenIds(), set[int]()
    for number in numbers:
        assert seen.is_duplicate(f"d{number}") == (number in known)
        known.add(number)


def test_digests_are_as_good_as_ids_and_grow_in_little_memory() -> None:
    seen, count = SeenIds(), 20_000
    digests = b"".join(id_digest(f"d{number}") for number in range(count))
    assert seen.first_known(digests) is None
    assert ID_DIGEST * len(seen._firsts) <= 3 * ID_DIGEST * count
    assert all(seen.is_duplicate(f"d{number}") for number in range(0, count, 7))
    assert seen.first_known(id_digest("new") + digests[:ID_DIGEST]) == 1

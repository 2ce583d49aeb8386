"""Files of the state of a run: whole, cut off, or of another version of goldspan."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from ....schema import DataError, Problem
from ..file_io import open_reader

T = TypeVar("T")


def read_run_state(path: str, kind: type[T]) -> T | None:
    """Read a file of state; None if there is none, or it was cut off.

    Raises:
        DataError: It is whole, and not as this version of goldspan writes it.
    """
    try:
        with open_reader(path) as stream:
            return msgspec.json.decode(stream.read(), type=kind)
    except msgspec.ValidationError as error:
        what = f"not the state of a run as this version of goldspan writes it: {error}"
        raise DataError(
            Problem(what, "continue with the version that began the run, or name another folder", path)
        ) from error
    except (DataError, msgspec.MsgspecError):
        return None

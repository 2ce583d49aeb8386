"""Files at addresses such as `s3://bucket/part-0.jsonl`, read and written through fsspec."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, cast

from ..errors import DataError, DependencyError, Problem
from ..extras import require_extras

if TYPE_CHECKING:
    from fsspec.spec import AbstractFileSystem

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_address(path: str) -> bool:
    """Return whether a path is an address: it begins with a protocol, as in `s3://`, `gs://`, `hf://`, `memory://`."""
    return _ADDRESS.match(path) is not None


def file_system(address: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of an address and the path there.

    Raises:
        DependencyError: fsspec or the package of the protocol is not installed, or the protocol is unknown.
    """
    require_extras(address, "cloud")
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(address)
    except (ImportError, ValueError) as error:
        protocol = address.partition("://")[0]
        fix = f"install the package of fsspec for {protocol}://, such as s3fs for s3:// and gcsfs for gs://"
        raise DependencyError(f"{address}: {error}. Fix: {fix}") from error
    return system, str(path)


@contextmanager
def open_address(address: str) -> Iterator[IO[bytes]]:
    """Open the file at an address for reading bytes.

    Raises:
        DataError: There is no such file, or it cannot be read.
        DependencyError: As in `file_system`.
    """
    system, path = file_system(address)
    with store_errors(address):
        opened = system.open(path, "rb")
    # buffered, since the lines of fsspec's own files cannot be limited in length
    with opened, store_errors(address), io.BufferedReader(opened) as stream:
        yield cast(IO[bytes], stream)


@contextmanager
def replace_address(address: str) -> Iterator[IO[bytes]]:
    """Open the file at an address for writing bytes; it appears whole at the end, or on failure not at all.

    Raises:
        DependencyError: It cannot be written; or as in `file_system`.
    """
    system, path = file_system(address)
    stream = None
    try:
        if "/" in path:
            system.makedirs(path.rpartition("/")[0], exist_ok=True)
        # a transaction would do the same, but for all threads of the process together
        stream = system.open(path, "wb", autocommit=False)
        with stream:
            yield cast(IO[bytes], stream)
        stream.commit()
    except BaseException as error:
        if stream is not None:
            with suppress(OSError):
                stream.discard()
        if not isinstance(error, OSError) and not _is_of_store(error):
            raise
        what = f"{address}: cannot be written: {error}; an existing file is untouched"
        raise DependencyError(f"{what}. Fix: check the address and your rights to it") from error
    finally:
        with suppress(AttributeError, ValueError):  # nobody completes that transaction
            system.transaction.files.remove(stream)


@contextmanager
def store_errors(address: str) -> Iterator[None]:
    """Raise what a store says of an address as errors of goldspan.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(Problem("there is no such file", "check the address", address)) from error
    except Exception as error:
        if not isinstance(error, OSError) and not _is_of_store(error):
            raise
        fix = "check the address and your rights to it"
        raise DataError(Problem(f"cannot be read: {error}", fix, address)) from error


def _is_of_store(error: BaseException) -> bool:
    """Return whether a package of a store raised an error of its own, such as that there are no credentials."""
    own = ("builtins", "goldspan", "fsspec")
    return isinstance(error, Exception) and type(error).__module__.partition(".")[0] not in own

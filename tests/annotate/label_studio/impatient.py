"""The command in a process of its own that begins with all loaded; in a hurry it meets faults often and soon.

A run calls the command about ten times, and a fresh interpreter would spend most of its time on imports.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

PATIENCE = 1.0
"""Seconds of one that is to meet time-outs. On a busy machine it meets some besides those that are planned."""

BATCH = 4

_FORKS = multiprocessing.get_context("forkserver")
# besides, each process looks at the main module, which is pytest's
_FORKS.set_forkserver_preload([__name__, f"{__package__}.loaded", "pytest"])


class Command:
    """`goldspan` with arguments, at work.

    Args:
        arguments: Of the command.
        surroundings: Its environment.
        hurried: With small requests and short waits.
        patience: Seconds for which a hurried one waits for an answer.
        largest: Size of a file that it can write, 0 for any.
        bulk: Whether a hurried one may replace suggestions in bulk, if the server can.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        surroundings: Mapping[str, str],
        *,
        hurried: bool = False,
        patience: float = 60.0,
        largest: int = 0,
        bulk: bool = True,
    ) -> None:
        self._said, told = _FORKS.Pipe(duplex=False)
        given = (told, list(arguments), dict(surroundings), patience if hurried else 0.0, largest, bulk)
        self._process: ForkServerProcess = _FORKS.Process(target=_work, args=given, daemon=True)
        self._process.start()
        told.close()

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> tuple[int, str]:
        """Its status, and what it said."""
        said = b""
        with self._said:
            while part := os.read(self._said.fileno(), 1 << 16):
                said += part
        self._process.join(120)
        status = self._process.exitcode
        assert status is not None
        return status, said.decode("utf-8")


def _work(
    told: Connection, arguments: list[str], surroundings: dict[str, str], patience: float, largest: int, bulk: bool
) -> None:
    os.environ.clear()
    os.environ.update(surroundings)
    for output in (1, 2):
        os.dup2(told.fileno(), output)
    told.close()
    sys.argv = ["goldspan", *arguments]
    if largest:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    if patience:
        from goldspan.annotate.label_studio.client import attempts, queries, studio_policy
        from goldspan.annotate.label_studio.client import http_client as api
        from goldspan.annotate.label_studio.sync import annotated_tasks as work
        from goldspan.annotate.label_studio.sync import push, push_recovery
        from goldspan.annotate.label_studio.sync import task_filters as filters
        from goldspan.annotate.label_studio.sync import task_removal as removal

        api._PATIENCE = queries._LONG = push_recovery._LONG = removal._LONG = work._LONG = patience
        studio_policy._WAITS = (0.05, 0.1, 0.2)
        attempts.WAITS = (0.05, 0.1, 0.2, 0.4)
        if not bulk:
            vars(push)["has_bulk_replacement"] = lambda *_: False
        push.BATCH = work._GROUP = filters._PAGE = BATCH  # many requests for a few tasks
    from goldspan.cli.main import main

    main()

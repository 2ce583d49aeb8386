"""The installed command with small requests, short waits and little patience, so that faults meet it often and soon.

Run as a process of its own: the first argument is the largest size of a file that it can write, 0 for any.
"""

from __future__ import annotations

import sys

PATIENCE = 1.0
BATCH = 7


def main() -> None:
    from goldspan.annotate.studio import api, held, project, push, work
    from goldspan.cli import main as command

    largest = int(sys.argv.pop(1))
    if largest:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    api._PATIENCE = held._LONG = project._LONG = push._LONG = work._LONG = PATIENCE
    api._WAITS = (0.05, 0.1, 0.2)
    push._WAITS = (0.05, 0.1, 0.2, 0.4)
    push.BATCH = BATCH
    command.main()


if __name__ == "__main__":
    main()

"""The service beside goldspan's own server, started by `goldspan studio up`, until it is ended."""

from __future__ import annotations

import sys
from pathlib import Path

from ....schema import conflict_scheme
from ..backend.access import BasicCredentials
from ..backend.app import backend_app
from ..backend.serial_worker import SerialExecutor
from ..backend.serving import bind_socket, serve
from ..server.mark_once_process import HOST, read_service
from .answers import MarkOnce
from .known_schemes import known_words, load_known_words


def main(folder: Path) -> None:
    """Serve the server whose data are in a folder, by the port and the secret that are stored there."""
    service = read_service(folder)
    if service is None:
        raise SystemExit(f"{folder}: no service is stored")
    bound = bind_socket(HOST, service.port)
    executor = SerialExecutor()
    app = backend_app(
        MarkOnce(known_words, conflict_scheme()), executor, BasicCredentials(service.user, service.password), _ignore
    )
    executor.submit(load_known_words)
    with serve(app, bound) as listener:
        listener.wait()


def _ignore(_line: str) -> None:
    """Log nothing: there is a request for each mark."""


if __name__ == "__main__":
    main(Path(sys.argv[1]))

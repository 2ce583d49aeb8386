"""The stream that carries the result of a command, to which extractors must not write."""

from __future__ import annotations

import sys
import threading
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from typing import Any


def kept_from_extractors() -> AbstractContextManager[Any]:
    """Return a context in which what an extractor prints goes to standard error.

    Only the main thread has one: the stream is that of the whole process, and if two threads left such contexts in
    another order than they entered them, it would not be given back.
    """
    is_main = threading.current_thread() is threading.main_thread()
    return redirect_stdout(sys.stderr) if is_main else nullcontext()

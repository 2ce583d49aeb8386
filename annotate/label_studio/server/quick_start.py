"""Runs the server's program: it starts in half of the time, answers at once, and has one more request.

Its own Python runs this file, by path, so that nothing of goldspan can be imported here. The arguments are the program
and those of the program.
"""

import gc
import importlib
import os
import runpy
import socketserver
import sys
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

_leaving = RLock()


class _Later(ModuleType):
    """A module that is imported when something of it is used; the named functions may be taken from it before.

    Args:
        name: Of the module.
        functions: Names of functions and classes that others import by name and only call.
    """

    def __init__(self, name: str, *functions: str) -> None:
        super().__init__(name)
        for function in functions:
            setattr(self, function, partial(self._call, function))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._loaded(), name)

    def _call(self, function: str, *args: Any, **more: Any) -> Any:
        return getattr(self._loaded(), function)(*args, **more)

    def _loaded(self) -> ModuleType:
        with _leaving:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


_LATER = (
    _Later("pandas"),  # for tables that are uploaded, and samples of time series
    _Later("jsf", "JSF"),  # makes up annotations of a sample
    _Later("ua_parser.user_agent_parser"),  # for analytics, which are off
)
"""What takes a third of a start to import, and most servers never use."""


def _import_later() -> None:
    for module in _LATER:
        with suppress(ModuleNotFoundError):
            module.__spec__ = find_spec(module.__name__)
        if module.__spec__ is not None:
            sys.modules[module.__name__] = module


if __name__ == "__main__":
    # a start makes hundreds of thousands of objects that stay, and Python would look through them again and again
    gc.set_threshold(100_000, 20, 20)
    with suppress(ImportError, AttributeError):
        # flags and templates are read as YAML at each start; the parser in C reads the same in a tenth of the time
        yaml = importlib.import_module("yaml")  # the server's
        yaml.SafeLoader, yaml.FullLoader = yaml.CSafeLoader, yaml.CFullLoader  # type: ignore[attr-defined]
    _import_later()
    # headers and body go in two packets, of which the second would wait 40 ms for the client to acknowledge the first
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    sys.path.append(str(Path(__file__).with_name("extension")))
    os.environ["DJANGO_SETTINGS_MODULE"] = "goldspan_settings"
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")

"""Make the files of this version: `python -m tests.versions`, in the root of the repository. None is ever replaced."""

from __future__ import annotations

import sys
from importlib.metadata import version

from .kept_files import FILES, make_files

target = FILES / version("goldspan")
if target.exists():
    sys.exit(f"{target} exists, and files of a version are never replaced. Fix: raise the version in pyproject.toml")
make_files(target)
sys.stderr.write(f"{target}: {sum(path.stat().st_size for path in target.rglob('*') if path.is_file())} bytes\n")

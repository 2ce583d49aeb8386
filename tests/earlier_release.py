"""The Label Studio before the pinned one, and the goldspan that had it: where an upgrade begins.

Both releases need the same packages, so only the distribution of Label Studio itself is fetched, once, and an environment
of the earlier release is one that has it before the packages of the pinned one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import PathDistribution
from pathlib import Path
from unittest.mock import patch

from filelock import FileLock

from goldspan.annotate.label_studio.server import installation
from goldspan.annotate.label_studio.server.installation import Installation, required_installation
from goldspan.annotate.label_studio.server.paths import StudioPaths

PIN = "label-studio==1.23.1 --hash=sha256:0bb9f3b451977faafb26fe02b00721f7296ff2499ed4d34bb40897be761f6884\n"
EARLIER = PIN.partition("==")[2].partition(" ")[0]
_CACHE = Path(__file__).parents[1] / ".cache" / "label-studio"


@contextmanager
def earlier_goldspan() -> Iterator[None]:
    """Has goldspan pin the earlier release for a while."""
    pins = re.sub(r"^label-studio==(?:.*\\\n)*.*\n", PIN, installation._requirements(), flags=re.M)
    with patch.object(installation, "_requirements", lambda: pins):
        yield


def both_releases(folder: Path, environments: Path) -> Path:
    """Makes a folder of environments with the earlier release and the pinned one, which is installed elsewhere."""
    folder.mkdir()
    pinned = required_installation(StudioPaths(folder, environments))
    (folder / pinned.folder.name).symlink_to(pinned.folder)
    with earlier_goldspan():
        earlier = required_installation(StudioPaths(folder, folder))
    venv.EnvBuilder(symlinks=True).create(earlier.folder)
    alone, packages = fetched(), _packages(pinned)
    _require_alike(alone, packages)
    (_packages(earlier) / "both.pth").write_text(f"{alone}\n{packages}\n", "utf-8")
    earlier.program.write_text(f"#!{earlier.python}\nfrom label_studio.server import main\nmain()\n", "utf-8")
    earlier.program.chmod(0o755)
    for template in pinned.folder.glob("template.*"):  # half a minute, each
        (earlier.folder / template.name).symlink_to(template)
    (earlier.folder / "complete").touch()
    return folder


def _packages(made: Installation) -> Path:
    [found] = made.folder.glob("lib/python*/site-packages")
    return found


def fetched() -> Path:
    """The folder with the earlier release alone; whoever comes first fetches it, others wait."""
    folder = _CACHE / f"{EARLIER}-{sha256(f'{PIN}{sys.version}'.encode()).hexdigest()[:12]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "complete").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            (folder / "pin.txt").write_text(PIN, "utf-8")
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
            pip += [
                "--no-deps",
                "--require-hashes",
                "--target",
                str(folder / "packages"),
                "-r",
                str(folder / "pin.txt"),
            ]
            done = subprocess.run(pip, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"Label Studio {EARLIER} cannot be fetched: {done.stderr}"
            (folder / "complete").touch()
    return folder / "packages"


def _require_alike(earlier: Path, pinned: Path) -> None:
    """Requires what makes a copy of the pinned release's packages and empty databases right for the earlier one."""
    needs, tables = [], []
    for packages in (earlier, pinned):
        [info] = packages.glob("label_studio-*.dist-info")
        needs.append(sorted(PathDistribution(info).requires or ()))
        found = (packages / "label_studio").rglob("migrations/*.py")
        tables.append({path.relative_to(packages): path.read_bytes() for path in found})
    assert needs[0] == needs[1], "the releases need other packages: install the earlier one whole"
    assert tables[0] == tables[1], "the releases have other tables: an environment needs templates of its own"

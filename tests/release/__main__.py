"""Check whether the repository can be released as it is: `make release-check`.

The version agrees wherever it is stated; wheel and sdist hold what they must and nothing else; each installs into a clean
environment and runs there. `--trial` reports what is not ready for a release, and checks the rest all the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .built_files import (
    build_sdist,
    build_wheel,
    export_source,
    package_folders,
    path_problems,
    sdist_contents,
    sdist_problems,
    tracked_files,
    wheel_contents,
    wheel_problems,
)
from .clean_environment import CleanEnvironment
from .stated_version import project_version, uncommitted_problems, version_problems

ROOT = Path(__file__).parents[2]
_CORE_MEGABYTES = 150
_EDITION = ("goldspan", "corpus", "gold", "1.0.1")


def main() -> None:
    """Make all checks, the cheap ones first; end with status 1 at the first that fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.release", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trial", action="store_true", help="go on if the repository is not ready for a release")
    trial = parser.parse_args().trial
    version = project_version(ROOT)
    unready = uncommitted_problems(ROOT) + version_problems(ROOT)
    _report(unready, stop=not trial)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = folder / "dist"
        built.mkdir()
        source = export_source(ROOT, folder / "source")
        wheel, sdist = build_wheel(source, built), build_sdist(source, built)
        _check_contents(wheel, sdist, source)
        for kind, file in (("wheel", wheel), ("sdist", sdist)):
            _check_core(CleanEnvironment(_new(folder / kind)), file, version)
        _check_all(CleanEnvironment(_new(folder / "all")), wheel)
    print(f"goldspan {version} " + ("would be ready but for the above" if unready else "can be released"))


def _check_contents(wheel: Path, sdist: Path, source: Path) -> None:
    tracked, folders = tracked_files(ROOT), package_folders(ROOT)
    in_wheel, in_sdist = wheel_contents(wheel), sdist_contents(sdist)
    paths = (ROOT, source, Path.home())
    problems = wheel_problems(in_wheel, tracked, folders) + sdist_problems(in_sdist, tracked, folders)
    problems += path_problems("the wheel", in_wheel, paths) + path_problems("the sdist", in_sdist, paths)
    _report(problems, stop=True)
    for file, contents in ((wheel, in_wheel), (sdist, in_sdist)):
        print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB, {len(contents)} files", flush=True)


def _check_core(environment: CleanEnvironment, file: Path, version: str) -> None:
    """Install a file without extras, and do what the core promises: score two files and look a place up."""
    environment.install(str(file))
    stated = environment.run("--version").split()[-1]
    _report([f"goldspan --version says {stated}. Fix: {version}"] if stated != version else [], stop=True)
    environment.run("--help")
    environment.run("doctor")
    edition = environment.packages.joinpath(*_EDITION)
    environment.run("score", str(edition / "gold.jsonl"), str(edition / "passes" / "reader-1.jsonl"))
    environment.run("lookup", "Kyiv")
    size, count = environment.installed()
    print(f"{file.name}: {size:.0f} MB, {count} distributions; scores and looks up", flush=True)
    problem = f"the core takes more than {_CORE_MEGABYTES} MB. Fix: move what is large into an extra"
    _report([problem] if size > _CORE_MEGABYTES else [], stop=True)


def _check_all(environment: CleanEnvironment, wheel: Path) -> None:
    """Install the wheel with the extra `all`, and run the whole loop but for the server."""
    environment.install(f"{wheel}[all]")
    environment.run("demo", "--no-studio", "--out", "demo")
    size, count = environment.installed()
    print(f"{wheel.name}[all]: {size:.0f} MB, {count} distributions; runs the demo", flush=True)


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _report(problems: list[str], *, stop: bool) -> None:
    for problem in problems:
        print(problem, file=sys.stderr, flush=True)
    if problems and stop:
        sys.exit(1)


if __name__ == "__main__":
    main()

"""Installs pinned packages with uv, which takes a fifth of pip's processor time; where it does not work, with pip.

uv does not read how pip is configured, in files or by variables. Where packages come from is handed over: these options
have the same names in both. A setting that uv does not know leaves the work to pip.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

PIP = [sys.executable, "-m", "pip"]
PINNED = ["--require-hashes", *(word for file in sys.argv[1:] for word in ("-r", file))]
MEANINGLESS = {
    *("constraint", "default-timeout", "timeout", "retries", "disable-pip-version-check", "no-input"),
    *("break-system-packages", "no-cache-dir", "progress-bar", "quiet", "require-virtualenv", "root-user-action"),
}
"""Settings of pip that change nothing of what pinned packages are."""


def settings() -> dict[str, str]:
    """What pip is told; variables count more than a command's settings, and those more than general ones."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^(:env:|install|global)\.([\w-]+)=(.*)$", listed, re.MULTILINE)
    found.sort(key=lambda item: ("global", "install", ":env:").index(item[0]))
    return {name: str(ast.literal_eval(value)) for _, name, value in found}


def with_uv() -> bool:
    """Whether uv has installed everything."""
    told = {name: value for name, value in settings().items() if name not in MEANINGLESS}
    environment = dict(os.environ)
    if "cert" in told:
        environment["SSL_CERT_FILE"] = told.pop("cert")
    places = [f"--{name}={value}" for name, values in told.items() for value in values.split()]
    # of all places that have a package, as pip looks for it; the hashes say which file it is. What the configuration of
    # uv says is for making the pins and not for installing them
    how = ["--quiet", "--no-config", "--python", sys.executable, "--index-strategy=unsafe-best-match"]
    command = [sys.executable, "-m", "uv", "pip", "install", *how, *places, *PINNED]
    return subprocess.run(command, env=environment, stderr=subprocess.DEVNULL).returncode == 0


pinned_uv = [*PIP, "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", "requirements/uv.txt"]
if subprocess.run(pinned_uv, stderr=subprocess.DEVNULL).returncode or not with_uv():
    sys.stderr.write("uv cannot install the packages here; pip does, which takes longer\n")
    plain = [*PIP, "install", "--quiet", "--disable-pip-version-check", "--no-compile", *PINNED]
    sys.exit(subprocess.run(plain).returncode)

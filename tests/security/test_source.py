"""What goldspan's own code never does, read from the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for folder in ("annotate", "cli", "corpus", "eval", "schema") for path in (ROOT / folder).rglob("*.py")
)
MODULES = {"pickle", "dill", "joblib", "marshal", "shelve", "yaml", "tarfile", "zipfile", "lxml", "xmlrpc", "telnetlib"}
UNPACKERS = {
    "corpus/formats/markup/uima/cas_files.py",
    "corpus/ingest/readers/office_archive.py",
    "corpus/ingest/readers/spreadsheet_rows.py",
    "corpus/storage/archives.py",
    "corpus/withdrawal/leftovers.py",
}
"""Modules that read the parts of archives, after they have bounded what these unpack to. One writes them to files, in a
temporary folder which they cannot leave."""

CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "tempfile.mktemp",
    "torch.load",
    "load_from_disk",
}
KEYWORDS = {
    "shell": False,
    "trust_remote_code": False,
    "verify": True,
    "follow_redirects": False,
    "allow_pickle": False,
}
CHECKED = ("verify", "trusted_certificates")
"""A call that gives what httpx makes of True."""


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def faults(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        found += [f"imports {name}" for name in names if name.partition(".")[0] in MODULES]
        if isinstance(node, ast.ImportFrom) and not node.level:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [f"imports {name}" for name in whole if name in CALLS]  # it could be called by another name
        if isinstance(node, ast.Call):
            called = name_of(node.func)
            if called in CALLS or called.endswith((".load_from_disk", ".mktemp", ".extractall")):
                found.append(f"calls {called}")
            for keyword in node.keywords:
                wanted = KEYWORDS.get(keyword.arg or "")
                checks = isinstance(keyword.value, ast.Call) and (keyword.arg, name_of(keyword.value.func)) == CHECKED
                if (
                    wanted is not None
                    and not checks
                    and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is wanted)
                ):
                    found.append(f"{called} with {keyword.arg} other than {wanted}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_runs_what_it_reads(path: Path) -> None:
    unpacks = path.relative_to(ROOT).as_posix() in UNPACKERS
    assert faults(path.read_text(encoding="utf-8")) == ["imports zipfile"] * unpacks


FORBIDDEN = {
    "import pickle": ["imports pickle"],
    "from yaml import load": ["imports yaml"],
    "from os import system as call": ["imports os.system"],
    "subprocess.getoutput(x)": ["calls subprocess.getoutput"],
    "eval(x)": ["calls eval"],
    "torch.load(x)": ["calls torch.load"],
    "archive.extractall(x)": ["calls archive.extractall"],
    "subprocess.run(x, shell=True)": ["subprocess.run with shell other than False"],
    "httpx.Client(verify=trusted_certificates(trust_env=t))": [],
    "httpx.Client(verify=trusted_certificates)": ["httpx.Client with verify other than True"],
    "httpx.Client(verify=v)": ["httpx.Client with verify other than True"],
    "A.from_pretrained(x, trust_remote_code=True)": ["A.from_pretrained with trust_remote_code other than False"],
    "model.eval(); re.compile(x)": [],
}


@pytest.mark.parametrize("source", FORBIDDEN)
def test_what_is_forbidden_is_seen(source: str) -> None:
    assert faults(source) == FORBIDDEN[source]

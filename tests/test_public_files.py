"""What a host of repositories reads: workflows, forms for issues, hooks. They name only what there is."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from .windows import NOT_ON_WINDOWS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


def parsed(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


JOBS = {f"{path.stem}-{name}": job for path in WORKFLOWS for name, job in parsed(path)["jobs"].items()}


def calls(job: Any) -> list[list[str]]:
    """The command lines of a job, as a shell takes them apart."""
    lines = "\n".join(step.get("run", "") for step in job["steps"]).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_nothing_more(path: Path) -> None:
    workflow = parsed(path)
    assert workflow["permissions"] == {"contents": "read"} and "concurrency" in workflow
    assert all("permissions" not in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_job_ends_by_itself_and_its_actions_are_pinned_by_commit(job: Any) -> None:
    assert 0 < job["timeout-minutes"] < 360
    for action in (step["uses"] for step in job["steps"] if "uses" in step):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)
    [checkout] = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_the_targets_marks_and_modules_that_a_job_names_exist(job: Any) -> None:
    targets = set(re.findall(r"^([a-z-]+)(?: [a-z-]+)*:(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.M))
    marks = {mark.partition(":")[0] for mark in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    for words in calls(job):
        if words[:1] == ["make"]:
            assert words[1] in targets
        if "pytest" in words:
            expression = words[words.index("-m", words.index("pytest")) + 1]
            assert set(expression.split()) - {"not", "and", "or"} <= marks
            assert all((ROOT / word).exists() for word in words if word.startswith("tests"))
        if "tests.release" in words:
            assert (ROOT / "tests" / "release" / "__main__.py").is_file()
        for word in words:
            if match := re.fullmatch(r"\.\[(.+)\]", word):
                assert set(match[1].split(",")) <= set(PROJECT["project"]["optional-dependencies"])
            if word.startswith("requirements/"):
                assert (ROOT / word).is_file()


def test_the_tests_run_on_each_version_of_python_that_the_project_names() -> None:
    tests = parsed(ROOT / ".github" / "workflows" / "checks.yml")["jobs"]
    versions = [*tests["tests"]["strategy"]["matrix"]["python"]]
    versions += [
        step["with"]["python-version"] for step in tests["tests-of-the-next-python"]["steps"] if "setup" in str(step)
    ]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    assert versions == named == ["3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_for_issues_asks_with_fields_that_there_are(path: Path) -> None:
    form = parsed(path)
    assert set(form) == {"name", "description", "labels", "body"}
    fields = [item for item in form["body"] if item["type"] != "markdown"]
    assert {item["type"] for item in fields} <= {"input", "textarea"}
    assert len({item["id"] for item in fields}) == len(fields) > 0
    assert any(item.get("validations", {}).get("required") for item in fields)
    assert all(item["attributes"]["label"] for item in fields)


def test_hooks_before_a_commit_run_what_is_installed() -> None:
    *elsewhere, local = parsed(ROOT / ".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local" and all(repository["rev"].startswith("v") for repository in elsewhere)
    assert all(hook["entry"].startswith(".venv/bin/ruff ") for hook in local["hooks"])


def test_pins_of_actions_are_kept_up() -> None:
    [update] = parsed(ROOT / ".github" / "dependabot.yml")["updates"]
    assert update["package-ecosystem"] == "github-actions"


def test_what_windows_leaves_out_exists() -> None:
    assert [name for name in NOT_ON_WINDOWS if not (ROOT / "tests" / name).is_file()] == []

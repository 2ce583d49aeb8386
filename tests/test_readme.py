"""The README is true: its examples run, its pictures are there and small, its facts are those of the gold and the program."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

from goldspan.corpus import read_records
from goldspan.corpus.release.editions import edition
from goldspan.schema import Scheme

from .browser import open_browser
from .conftest import Run
from .document_blocks import run_script
from .pictures import IMAGES, MOST, TAKEN

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LOOP = IMAGES / "loop.svg"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def test_the_examples_give_what_it_shows(goldspan: Run, tmp_path: Path) -> None:
    for folder in ("seeds", "corpus"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    [console], [python], [shown_by_python] = blocks("console"), blocks("python"), blocks("text")
    for part in console.split("$ goldspan ")[1:]:
        call, _, shown = part.partition("\n")
        done = goldspan(*shlex.split(call), cwd=tmp_path)
        assert (done.returncode, done.stdout + done.stderr) == (0, shown)
    assert run_script(python, tmp_path) == shown_by_python


def test_every_command_and_option_it_names_is_one(goldspan: Run) -> None:
    table = README.split("## Commands")[1].split("##")[0]
    named = []
    for row in re.findall(r"^\| (`.*?) \|", table, re.M):
        first, *others = re.findall(r"`([a-z -]+)`", row)
        group, _, sub = first.rpartition(" ")
        named += [first, *(f"{group} {other}".strip() for other in others)] if sub else []
    assert len(named) > 20
    calls = {call.split(" #")[0].strip() for call in re.findall(r"`goldspan ([a-z][^`]*)`", README)}
    for call in sorted({*named, *calls}):
        words = shlex.split(call)
        command = [*words[:2]] if words[0] in ("corpus", "schema", "studio") else words[:1]
        told = goldspan(*command, "--help", env={**os.environ, "COLUMNS": "200"})
        assert told.returncode == 0, call
        for option in (word for word in words if word.startswith("--")):
            assert re.search(rf"{option}\b", told.stdout), call


def test_what_it_says_of_the_gold_is_so(scheme: Scheme) -> None:
    gold = list(read_records(str(edition().folder.joinpath("gold.jsonl")), scheme))
    counts = {label: sum(s.label == label for d in gold for s in d.spans) for label in scheme.labels}
    told = ", ".join(f"{count} {label}" for label, count in counts.items())
    assert f"{sum(counts.values())} spans with values ({told})" in README
    assert f"Code: {tomllib.loads((ROOT / 'pyproject.toml').read_text('utf-8'))['project']['license']}" in README


@pytest.mark.parametrize("name", TAKEN)
def test_a_picture_is_there_small_and_shown(name: str) -> None:
    path = IMAGES / f"{name}.png"
    pages = [README, *(page.read_text("utf-8") for page in (ROOT / "docs").glob("*.md"))]
    assert any(f"images/{name}.png" in page for page in pages)
    assert path.stat().st_size < MOST
    with Image.open(path) as picture:
        assert 1200 <= picture.width <= 1280 and picture.height > 600
        assert len(picture.convert("RGB").getcolors(1 << 16) or ()) > 30  # not one empty panel


def test_the_loop_is_drawn_without_outside_things_and_its_commands_are_true(goldspan: Run) -> None:
    root = ET.parse(LOOP).getroot()
    assert not [item for item in root.iter() if item.tag.endswith(("script", "image", "foreignObject"))]
    calls = [
        text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text") if "call" in text.get("class", "")
    ]
    for call in filter(lambda call: call.startswith("goldspan "), calls):
        first, *others = call.removeprefix("goldspan ").split(", ")
        group, _, _ = first.rpartition(" ")
        for command in (first, *(f"{group} {other}".strip() for other in others)):
            assert goldspan(*command.split(), "--help").returncode == 0, command


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_words_of_the_loop_stay_in_their_boxes_and_can_be_read(colours: str) -> None:
    with open_browser() as browser:
        page = browser.new_page(color_scheme=colours)
        page.goto(LOOP.as_uri())
        found = page.evaluate(
            """() => { const boxes = [...document.querySelectorAll('rect')].map(r => r.getBBox());
            const light = (c) => { const [r, g, b] = c.match(/\\d+/g).map(Number); return (0.3*r + 0.6*g + 0.1*b) / 255 };
            return [...document.querySelectorAll('text')].map(text => {
              const b = text.getBBox(), mid = [b.x + b.width / 2, b.y + b.height / 2];
              const at = boxes.findIndex(r => r.x < mid[0] && mid[0] < r.x + r.width && r.y < mid[1] && mid[1] < r.y + r.height);
              const r = boxes[at];
              const inside = !r || (r.x <= b.x && b.x + b.width <= r.x + r.width && r.y <= b.y && b.y + b.height <= r.y + r.height);
              const fill = r ? light(getComputedStyle(document.querySelectorAll('rect')[at]).fill) : null;
              return [text.textContent, inside, r ? Math.abs(light(getComputedStyle(text).fill) - fill) : 1];
            }) }"""
        )
    assert len(found) > 20
    assert [words for words, inside, contrast in found if not inside or contrast < 0.35] == []

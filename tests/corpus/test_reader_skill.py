"""How often readers are right, told from who agrees with whom."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from goldspan.corpus.adjudication.reader_skill import reader_skills
from goldspan.schema import Document, Span, UsageError

from ..conftest import Run, record, span, write_lines

SKILLS = {"ada": 0.95, "ben": 0.8, "cem": 0.6}


def simulated(size: int) -> tuple[dict[str, list[Document]], dict[str, float]]:
    """Passes of readers of known skill over places with a span or none, and how often each is right."""
    draw = random.Random(5)
    passes: dict[str, list[Document]] = {name: [] for name in SKILLS}
    right = dict.fromkeys(SKILLS, 0)
    for number in range(size):
        for name, skill in SKILLS.items():
            label = "ACTOR" if draw.random() < skill else draw.choice(["LOCATION", "DATE", "COUNT"])
            right[name] += label == "ACTOR"
            passes[name].append(Document(id=f"{number:04}", text="Iran fell.", spans=(Span(0, 4, label),)))
    return passes, {name: count / size for name, count in right.items()}


def test_skills_are_found_without_gold() -> None:
    passes, right = simulated(400)
    found = reader_skills(passes).skills
    assert found == {name: pytest.approx(share, abs=0.05) for name, share in right.items()}
    assert reader_skills({name: passes[name] for name in reversed(list(passes))}).skills == pytest.approx(found)


def test_a_reader_of_skill_against_two_others_who_differ_is_likely_right() -> None:
    passes, _ = simulated(400)
    readings = {name: (Span(0, 4, label),) for name, label in (("ada", "DATE"), ("ben", "ACTOR"), ("cem", "COUNT"))}
    likely = reader_skills(passes).likelihoods(readings)
    assert likely["ada"] > likely["ben"] > likely["cem"] and sum(likely.values()) == pytest.approx(1)
    shared = reader_skills(passes).likelihoods({**readings, "cem": readings["ben"]})
    assert shared["ben"] == shared["cem"] and shared["ada"] + shared["ben"] == pytest.approx(1)


def test_two_passes_are_refused() -> None:
    passes, _ = simulated(5)
    with pytest.raises(UsageError, match="`likely` needs 3 passes, and there are 2"):
        reader_skills({name: passes[name] for name in ("ada", "ben")})


def test_the_command_states_likelihoods_and_decides_nothing(goldspan: Run, tmp_path: Path) -> None:
    for place, name in enumerate(("ada", "ben", "cem")):
        lines = [
            record(f"{n}", spans=[span(0, 4, "ACTOR")] if n % (place + 2) else [], layer={"annotator": name})
            for n in range(12)
        ]
        write_lines(tmp_path / f"{name}.jsonl", *lines)
    call = ["adjudicate", "ada.jsonl", "ben.jsonl", "cem.jsonl", "--conflicts", "c.jsonl"]
    plain = goldspan(*call, "--out", "plain.jsonl", cwd=tmp_path)
    before = (tmp_path / "c.jsonl").read_text()
    likely = goldspan(*call, "--out", "likely.jsonl", "--likely", cwd=tmp_path)
    assert (plain.returncode, likely.returncode) == (1, 1) and "likely right, of the places" in likely.stderr
    assert (tmp_path / "plain.jsonl").read_bytes() == (tmp_path / "likely.jsonl").read_bytes()
    lines = [json.loads(line) for line in (tmp_path / "c.jsonl").read_text().splitlines()]
    assert [set(line.pop("likely")) for line in lines] == [{"ada", "ben", "cem"}] * len(lines)
    assert lines == [json.loads(line) for line in before.splitlines()]
    again = goldspan(*call, "--out", "again.jsonl", "--decisions", "c.jsonl", cwd=tmp_path)
    assert again.returncode == 1 and "undecided" in again.stderr


def test_nothing_is_said_of_whoever_read_no_document_with_two_others(goldspan: Run, tmp_path: Path) -> None:
    passes, _ = simulated(40)
    alone = Document(id="other", text="Iran fell.", spans=(Span(0, 4, "ACTOR"),))
    found = reader_skills({**passes, "ada": [*passes["ada"], alone], "dan": [alone]})
    assert found.skills["dan"] is None and found.skills["ada"] is not None
    assert found.likelihoods({"ada": (Span(0, 4, "DATE"),), "dan": (Span(0, 4, "ACTOR"),)}) == {}
    parts = {name: passes[name][15 * at : 15 * at + 25] for at, name in enumerate(passes)}
    with pytest.raises(UsageError, match="no document is in 3 passes"):
        reader_skills(parts)
    for name, ids in (("ada", "012"), ("ben", "012"), ("cem", "012"), ("dan", "3")):
        lines = [record(n, spans=[span(0, 4, "ACTOR")] if n + name != "0ada" else [], layer={"annotator": name}) for n in ids]  # fmt: skip
        write_lines(tmp_path / f"{name}.jsonl", *lines)
    call = ("adjudicate", *(f"{name}.jsonl" for name in ("ada", "ben", "cem", "dan")), "--conflicts", "c.jsonl", "--likely")  # fmt: skip
    done = goldspan(*call, "--out", "o.jsonl", cwd=tmp_path)
    assert "dan -;" in done.stderr and "nothing is known of dan" in done.stderr

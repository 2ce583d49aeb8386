"""Old scores made again, whatever they were made with, and what is said where they cannot be or are not the same."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import goldspan as library
from goldspan.eval import score
from goldspan.eval.score_files.signatures import CANNOT, SETTINGS, parse_signature
from goldspan.schema import DataError, UsageError, conflict_scheme
from goldspan.workflows import replay_scores

from ..cli.option_table import ROWS
from ..conftest import Run, Shared, record, span, write_lines
from ..schema.test_scheme_file import DISASTER

TEXT = "Iran struck Goma on Friday, the army said. "
IRAN = span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})
GOMA = span(
    12, 16, "LOCATION", {"kind": "settlement", "id": "geonames:216281", "country": "COD", "lat": -1.7, "lon": 29.2}
)
ARMY = span(28, 36, "ACTOR", {"kind": "military", "id": "x"})
NAMES = "abcdefghijkl"


def lay_out(folder: Path) -> None:
    """Writes a gold, three systems of it, and files of other kinds."""
    folder.mkdir()

    def layer(file: str, spans: Callable[[int], list[dict[str, Any]]], ids: str = NAMES) -> None:
        lines = [
            record(
                name,
                TEXT + name,
                spans=spans(number),
                meta={"published": f"2024-0{1 + number % 3}-01"},
                layer={"annotator": file},
            )
            for number, name in enumerate(ids)
        ]
        write_lines(folder / f"{file}.jsonl", *lines)

    layer("gold", lambda n: [IRAN, GOMA, *([ARMY] if n % 2 else [])])
    layer("sys", lambda n: [IRAN] if n % 3 else [GOMA])
    layer("other", lambda n: [GOMA] if n % 4 else [IRAN, span(24, 36, "ACTOR")])
    layer("part", lambda n: [IRAN], "abc")
    layer("few", lambda n: [IRAN, GOMA], "abcd")
    layer("foreign", lambda n: [span(0, 4, "PER"), span(12, 16, "LOC")])
    (folder / "map.toml").write_text('PER = "ACTOR"\nLOC = ""\n')
    (folder / "own.toml").write_text(DISASTER)
    write_lines(
        folder / "hazard.jsonl",
        *(record(name, TEXT, spans=[span(0, 4, "HAZARD", {"type": "flood"})]) for name in NAMES),
    )
    (folder / "ill.conll").write_text("Müller\tI-ACTOR\nstruck\tO\nGoma\tI-LOCATION\n", encoding="latin-1")
    (folder / "well.conll").write_text("Müller\tB-ACTOR\nstruck\tO\nGoma\tB-LOCATION\n", encoding="latin-1")
    (folder / "spans.csv").write_text(
        "doc,begin,stop,label,other,document_text\na,0,4,ACTOR,LOCATION,Iran struck Goma.\n"
    )
    (folder / "split").mkdir()
    (folder / "split" / "a.txt").write_text(TEXT)
    (folder / "split" / "a.ann").write_text("T1\tACTOR 0 4;12 16\tIran Goma\n")
    (folder / "one.jsonl").write_text(json.dumps(record("a", TEXT, spans=[IRAN])) + "\n")


@pytest.fixture(scope="module")
def inputs(shared: Shared) -> Path:
    return shared("replayed scores", lay_out)


CALLS = {
    "plain": "gold.jsonl sys.jsonl",
    "resamples": "gold.jsonl sys.jsonl --resamples 0",
    "seed": "gold.jsonl sys.jsonl --seed 7",
    "labels": "gold.jsonl sys.jsonl other.jsonl --labels LOCATION,ACTOR",
    "common": "gold.jsonl part.jsonl sys.jsonl --common",
    "a system that lacks documents": "gold.jsonl part.jsonl",
    "intervals": "few.jsonl few.jsonl --intervals",
    "tokens": "gold.jsonl sys.jsonl --tokens",
    "measures": "gold.jsonl sys.jsonl --measures iou@0.5,tolerance@1,characters,linked.relaxed,clusters.lea,clusters.pairwise@nil",
    "by": "gold.jsonl sys.jsonl --by month --by meta.publisher",
    "tests": "gold.jsonl sys.jsonl other.jsonl --test spans.partial.macro.f1 --test values.ACTOR.value_f1",
    "fail_under": "gold.jsonl sys.jsonl --fail-under tokens.micro.f1=0",
    "runs": "gold.jsonl a=sys.jsonl a=other.jsonl b=gold.jsonl",
    "names with the mark of names": "gold.jsonl a=b=sys.jsonl",
    "label_map": "gold.jsonl foreign.jsonl --map map.toml",
    "scheme": "hazard.jsonl hazard.jsonl --scheme own.toml",
    "encoding, repair": "well.conll ill.conll --encoding latin-1 --repair conlleval",
    "columns": "spans.csv spans.csv --columns start=begin,end=stop,label=other",
    "fragments": "one.jsonl split --fragments first",
    "other options": "gold.jsonl sys.jsonl --errors --per-document --training part.jsonl",
}
"""Calls of `score` by what they set, as far as it changes figures."""

NAMED_AGAIN = ("--map", "--scheme")
"""Options that a replay takes, because the file of scores cannot hold what they name."""


@pytest.mark.parametrize("case", CALLS)
def test_scores_are_made_again_to_the_last_digit(case: str, inputs: Path, tmp_path: Path, goldspan: Run) -> None:
    extra = ["--resamples", "30"] if "--resamples" not in CALLS[case] else []
    words = [*shlex.split(CALLS[case]), *extra]
    made = goldspan("score", *words, "--out", tmp_path / "s.json", cwd=inputs)
    assert made.returncode == 0, made.stderr
    again = [word for name in NAMED_AGAIN if name in words for word in words[words.index(name) :][:2]]
    done = goldspan("score", "--replay", tmp_path / "s.json", *again, cwd=inputs)
    assert done.returncode == 0 and re.fullmatch(
        r".*s\.json: [1-9][\d,]* figures, all equal to the last digit\n", done.stdout
    ), done.stdout + done.stderr
    told = json.loads(goldspan("score", "--replay", tmp_path / "s.json", *again, "--json", cwd=inputs).stdout)
    assert told["equal"] and told["changes"] == told["settings"] == told["reasons"] == [] and told["documents"] == {}


def test_the_calls_have_all_options_of_score_that_change_figures() -> None:
    printed = {
        "--names",
        "--json",
        "--format",
        "--html",
        "--title",
        "--date",
        "--out",
        "--tags",
        "--agreement-of",
        "--replay",
        "--id-field",
    }
    known = {name.partition(" ")[2] for name in ROWS if name.startswith("score ")}
    assert (
        known - printed
        == {word for call in CALLS.values() for word in shlex.split(call) if word.startswith("--")} & known
    )


FIGURES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(["ACTOR", "LOCATION"])), max_size=4)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(FIGURES, FIGURES), min_size=1, max_size=12), st.integers(0, 2**64 - 1), st.sampled_from([0, 11])
)
def test_any_scores_are_made_again(
    tmp_path_factory: pytest.TempPathFactory, sides: Any, seed: int, resamples: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    gold, system = (
        write_lines(
            folder / f"{name}.jsonl",
            *(
                record(f"d{n}", TEXT, spans=[span(a, a + b, label) for a, b, label in pair[side]])
                for n, pair in enumerate(sides)
            ),
        )
        for side, name in enumerate(("gold", "system"))
    )
    score(gold, system, seed=seed, resamples=resamples).save(folder / "s.json")
    replay = replay_scores(folder / "s.json", scheme=conflict_scheme())
    assert replay.equal and replay.figures > 100 and not replay.reasons()


def stored(
    inputs: Path, folder: Path, call: str = "gold.jsonl sys.jsonl other.jsonl --resamples 10", **changed: str
) -> Path:
    """Scores in a file, as if some settings had been others."""
    path = folder / "s.json"
    words = shlex.split(call)
    scores = score(*(inputs / word for word in words if word.endswith(".jsonl")), resamples=10)
    scores.save(path)
    data = json.loads(path.read_bytes())
    for name, text in changed.items():
        data["settings"][name] = text
        for system in data["systems"]:
            system["signature"] = re.sub(rf"\|{name}:[^|]*", f"|{name}:{text}", system["signature"])
    path.write_text(json.dumps(data))
    return path


def test_another_gold_is_named_and_what_it_makes_of_the_figures(inputs: Path, tmp_path: Path, goldspan: Run) -> None:
    lines = (inputs / "gold.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "gold.jsonl").write_text(lines[0].replace('"end": 4', '"end": 11') + "".join(lines[1:]))
    done = goldspan("score", "--replay", stored(inputs, tmp_path), tmp_path / "gold.jsonl")
    assert done.returncode == 1 and not done.stderr
    assert re.search(
        r"\ngold differs \(the fingerprint of the gold\): [0-9a-f]{12} then, [0-9a-f]{12} now\n", done.stdout
    )
    assert "\nother: counts differ, in 1 document: a\n" in done.stdout
    told = json.loads(goldspan("score", "--replay", tmp_path / "s.json", tmp_path / "gold.jsonl", "--json").stdout)
    now = score(tmp_path / "gold.jsonl", inputs / "sys.jsonl", inputs / "other.jsonl", resamples=10)
    changes = {(change["where"], change["path"]): change["now"] for change in told["changes"]}
    assert changes["other", "spans.strict.micro.f1"] == now["other"].spans.strict.f1
    assert (
        any(path.startswith("interval.") for _, path in changes)
        and ("sys - other: spans.strict.micro.f1", "difference") in changes
    )


def test_another_file_of_a_system_is_named(inputs: Path, tmp_path: Path, goldspan: Run) -> None:
    path = stored(inputs, tmp_path)
    for words in (["sys=" + str(inputs / "gold.jsonl")], [inputs / "gold.jsonl", inputs / "other.jsonl"]):
        done = goldspan("score", "--replay", path, inputs / "gold.jsonl", *words)
        assert done.returncode == 1
        assert (
            "\nsys: the file of the system differs, as its counts do, in 12 documents: a, b, c, d, e, …\n"
            in done.stdout
        )
        assert "\nother: " not in done.stdout


def test_other_pairing_rules_are_named_though_the_figures_are_equal(
    inputs: Path, tmp_path: Path, goldspan: Run
) -> None:
    done = goldspan("score", "--replay", stored(inputs, tmp_path, match="2"))
    assert (
        done.returncode == 0
        and "all equal to the last digit\nmatch differs (the version of the pairing rules): 2 then, 3 now\n"
        in done.stdout
    )


WRONG: dict[str, tuple[str, dict[str, str], int, str]] = {
    "more files than systems": (
        "gold.jsonl sys.jsonl",
        {},
        2,
        "1 file for 2 systems of s.json: sys, other. Fix: name them all",
    ),
    "no such system": (
        "gold.jsonl nobody=sys.jsonl",
        {},
        2,
        "s.json has no system 'nobody', or it is named twice: known: other, sys",
    ),
    "a system twice": ("gold.jsonl sys=sys.jsonl sys=other.jsonl", {}, 2, "no system 'sys', or it is named twice"),
    "a map that there was not": (
        "--map map.toml",
        {},
        2,
        "--map contradicts the scores, which were made without one. Fix: leave it out",
    ),
    "a map that is not named": (
        "",
        {"map": "12345678"},
        2,
        "they state only the fingerprint 12345678. Fix: name its file as --map",
    ),
    "another scheme": (
        "--scheme own.toml",
        {},
        2,
        "made under the scheme conflict-news@1, and not under disaster@2. Fix: name its file as --scheme",
    ),
    "a seed": ("--seed 0", {}, 2, "--seed has no effect with --replay, whose file states the settings"),
    "labels": ("--labels ACTOR", {}, 2, "--labels has no effect with --replay"),
    "a gold that is not there": ("none.jsonl", {}, 1, "none.jsonl"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_contradicts_the_scores_is_refused(case: str, inputs: Path, tmp_path: Path, goldspan: Run) -> None:
    words, changed, status, expected = WRONG[case]
    stored(inputs, tmp_path, **changed)
    for name in ("gold.jsonl", "sys.jsonl", "other.jsonl", "map.toml", "own.toml"):
        (tmp_path / name).write_bytes((inputs / name).read_bytes())
    done = goldspan("score", "--replay", "s.json", *shlex.split(words), cwd=tmp_path)
    assert done.returncode == status and expected in done.stderr and not done.stdout, done.stderr


def test_scores_of_several_calls_or_of_files_that_are_not_named_are_not_replayed(inputs: Path, tmp_path: Path) -> None:
    files = []
    for name, labels in (("sys", "none"), ("other", "12345678")):
        files.append(stored(inputs, tmp_path, f"gold.jsonl {name}.jsonl", map=labels).rename(tmp_path / f"{name}.json"))
    library.eval.merge_scores(*files).save(tmp_path / "merged.json")
    with pytest.raises(
        DataError, match=r"merged\.json: holds scores of several calls: .* Fix: replay each of the files"
    ):
        replay_scores(tmp_path / "merged.json", scheme=conflict_scheme())
    score({"a": [(0, 4, "ACTOR")]}, {"a": []}, resamples=0).save(tmp_path / "m.json")
    with pytest.raises(UsageError, match=r"names no gold: it was in memory\. Fix: name the file as `gold`"):
        replay_scores(tmp_path / "m.json", scheme=conflict_scheme())
    with pytest.raises(UsageError, match=r"does not say which file 'system' was in\. Fix: name the gold and then the"):
        replay_scores(tmp_path / "m.json", str(inputs / "gold.jsonl"), scheme=conflict_scheme())
    path = tmp_path / "sys.json"
    path.write_text(path.read_text().replace("|zones:gold|", "|zones:gold|moons:full|"))
    with pytest.raises(
        DataError, match=r"a setting that this goldspan does not have: moons:full\. Fix: install goldspan"
    ):
        replay_scores(path, scheme=conflict_scheme())


SIGNATURE = (
    "gold:0123456789ab|scheme:own@1+01234567|labels:all|map:none|zones:gold|offsets:codepoint|match:3"
    "|boot:1000|seed:0|goldspan:0.1.0"
)
OPTIONAL = [name for name in SETTINGS if name not in parse_signature(SIGNATURE)]


def changed_signature(name: str) -> str:
    """The signature with another text for a setting, or with the setting if it has it not."""
    if name in OPTIONAL:
        return SIGNATURE.replace("|zones:", f"|{name}:other|zones:")
    return re.sub(rf"(?<![a-z]){name}:[^|]*", f"{name}:other", SIGNATURE)


@pytest.mark.parametrize("name", SETTINGS)
def test_two_signatures_tell_what_differs_and_what_depends_on_it(name: str) -> None:
    other = changed_signature(name)
    assert library.comparable(other, other) and not library.comparable(other, other).differences
    for pair in ((SIGNATURE, other), (other, SIGNATURE)):
        answer = library.comparable(*pair)
        [difference] = answer.differences
        setting = SETTINGS[name]
        assert (difference.setting, difference.affects, difference.noun) == (name, setting.affects, setting.noun)
        assert bool(answer) == (setting.affects not in ("figures", "values", "tokens"))
        assert answer.intervals == (setting.affects in ("system", "nothing"))
        assert CANNOT[setting.affects] in str(answer) and setting.fix in str(answer)
        assert {difference.a, difference.b} == {"other", parse_signature(SIGNATURE).get(name, setting.unstated)}


def test_what_prevents_a_comparison_comes_first_and_every_difference_is_there() -> None:
    other = SIGNATURE
    for name in SETTINGS:
        other = re.sub(rf"(?<![a-z]){name}:[^|]*", f"{name}:other", other)
    kinds = [item.affects for item in library.comparable(SIGNATURE, other).differences]
    assert kinds == sorted(kinds, key=list(CANNOT).index) and len(kinds) == len(SETTINGS) - len(OPTIONAL)


@given(st.lists(st.sampled_from("a|b:C,#é boot"), min_size=1).map("".join))
def test_names_of_labels_may_contain_the_marks_of_signatures(labels: str) -> None:
    signature = SIGNATURE.replace("labels:all", f"labels:x{labels}")
    assert library.comparable(signature, signature)
    assert {item.setting for item in library.comparable(SIGNATURE, signature).differences} <= {"labels"}


def test_a_setting_of_a_later_version_prevents_a_comparison() -> None:
    answer = library.comparable(SIGNATURE, SIGNATURE.replace("|boot:", "|moons:full|boot:"))
    assert not answer
    assert "moons, a setting of another version of goldspan: none and full; no figures can be compared" in str(answer)


def test_the_command_compares_signatures_and_files(inputs: Path, tmp_path: Path, goldspan: Run) -> None:
    path = stored(inputs, tmp_path)
    signature = json.loads(path.read_bytes())["systems"][0]["signature"]
    same = goldspan("comparable", path, signature)
    assert (same.returncode, same.stdout) == (0, "comparable\n")
    unlike = goldspan("comparable", signature, signature.replace("|seed:0|", "|seed:1|"))
    assert unlike.returncode == 0 and unlike.stdout.startswith("comparable, without intervals and tests\nseed, ")
    golds = json.loads(goldspan("comparable", path, re.sub("gold:....", "gold:ffff", signature), "--json").stdout)
    assert golds["comparable"] is False and [item["setting"] for item in golds["differences"]] == ["gold"]
    assert goldspan("comparable", path, re.sub("gold:....", "gold:ffff", signature)).returncode == 1
    for wrong in ("gold:0|scheme:x", SIGNATURE + "|seed:1"):
        refused = goldspan("comparable", path, wrong)
        assert refused.returncode == 2 and "Fix: copy the whole line of a report" in refused.stderr
    assert goldspan("comparable", path, tmp_path / "none.json").returncode == 1


def test_signatures_are_taken_as_reports_print_them_and_labels_have_no_order() -> None:
    gold = {"a": [(0, 4, "ACTOR"), (12, 16, "LOCATION")]}
    one = library.score(gold, gold, resamples=0, labels=["ACTOR", "LOCATION"])
    other = library.score(gold, gold, resamples=0, labels=["LOCATION", "ACTOR"])
    assert library.comparable(one, other) and library.comparable(f"signature  {one.systems[0].signature}", one)
    assert not library.comparable(one, library.score(gold, gold, resamples=0, labels=["ACTOR"]))

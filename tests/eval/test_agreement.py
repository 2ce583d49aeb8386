"""Agreement of passes: alpha for unitising, kappa, F1, and what is no agreement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.eval import agreement, score
from goldspan.schema import Document, Scheme, Span, UsageError, Zone

from ..conftest import Run, record, span, write_lines
from .continua import Continuum, alpha_u
from .layers import GOLD, SYSTEM, TEXT, files, layer

# Krippendorff 2004, p. 254 (and 1995, p. 57): values by dkpro-statistics 2 for the same units
KRIPPENDORFF = {
    "2004, p. 254": (
        [
            {"c": [(75, 145), (220, 250)], "k": [(30, 90), (150, 200)]},
            {"c": [(70, 150), (205, 225), (250, 270)], "k": [(30, 90), (150, 200)]},
        ],
        300,
        0.8586654051841702,
    ),
    "1995, p. 57, A and C": (
        [
            {"A": [(2, 10), (14, 20)], "C": [(2, 8), (10, 12), (14, 18), (20, 22)]},
            {"A": [(4, 8), (15, 17)], "C": [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)]},
        ],
        24,
        1 - (0.03125 + 0.027777777777777776) / (0.06447124304267161 + 0.07003058103975535),
    ),
}


@pytest.mark.parametrize("name", KRIPPENDORFF)
def test_alpha_u_is_krippendorffs(name: str) -> None:
    observers, length, expected = KRIPPENDORFF[name]
    assert alpha_u([Continuum(length, dict(zip("ab", observers, strict=True)))]) == pytest.approx(expected, abs=1e-12)


def test_agreement_of_two_passes(scheme: Scheme) -> None:
    same = agreement({"a": layer(GOLD), "b": layer(list(reversed(GOLD)))})
    assert (same.pairwise[0].strict_f1, same.alpha_u, same.token_kappa, same.disagreements) == (1, 1, 1, [])
    found = agreement({"a": layer(GOLD), "b": layer(SYSTEM)})
    assert found.pairwise[0].strict_f1 == pytest.approx(4 / 9)
    assert found.pairwise[0].labels["ACTOR"] == pytest.approx(2 / 3)
    assert [item.kind for item in found.disagreements] == ["boundary", "missing", "label"]
    assert 0 < (found.token_kappa or 0) < 1 and (found.alpha_u or 0) < 1
    swapped = agreement({"b": layer(SYSTEM), "a": layer(GOLD)})
    assert (swapped.alpha_u, swapped.token_kappa) == (pytest.approx(found.alpha_u), pytest.approx(found.token_kappa))


def test_an_extractors_layer_is_no_annotators(goldspan: Run, tmp_path: Path) -> None:
    person = write_lines(
        tmp_path / "ada.jsonl", record(text=TEXT, spans=[span(0, 4, "ACTOR")], layer={"annotator": "ada"})
    )
    rules, card = tmp_path / "suggestions.jsonl", tmp_path / "dataset" / "README.md"
    annotated = goldspan("annotate", person, "--out", rules)
    assert annotated.stderr.startswith(f"1 document annotated -> {rules}\n")
    told = "rules was made by the extractor rules"
    shown = goldspan("agree", person, rules)
    noted = "rules was created by the extractor rules"
    assert f"note: {noted}: agreement with it is not agreement between annotators" in shown.stderr
    settled = goldspan("adjudicate", person, rules, "--out", tmp_path / "gold.jsonl")
    assert f"warning: {told}, not by a person, and what it shares with the other passes becomes gold" in settled.stderr
    goldspan("export", person, "--to", "hf", "--out", card.parent, "--pass", person, "--pass", rules)
    assert "| `rules` | the extractor rules | 1 |" in card.read_text("utf-8") and noted in card.read_text("utf-8")
    # nor is it one that saw no suggestions
    helped = json.loads(person.read_text("utf-8"))
    helped["layer"]["suggestions_shown"] = ["rules"]
    person = write_lines(tmp_path / "helped.jsonl", helped)
    effect = json.loads(goldspan("agree", person, rules, "--json").stdout)["suggestions"]
    assert {kind: told["documents"] for kind, told in effect["readings"].items()} == {"blind": 0, "suggested": 1}
    favoured = "the gold was annotated with suggestions of rules, which may bias it in their favour"
    assert f"note: {favoured}" in goldspan("score", person, rules).stderr
    assert favoured not in goldspan("score", person, person).stderr
    goldspan("export", person, "--to", "hf", "--out", tmp_path / "helped")
    made = "| gold | an annotator in Label Studio, who saw suggestions of rules | 1 |"
    assert made in (tmp_path / "helped" / "README.md").read_text("utf-8")
    # once a person has worked on it, it is hers
    [item] = [json.loads(line) for line in rules.read_text("utf-8").splitlines()]
    item["layer"]["annotator"] = "bo"
    mended = write_lines(tmp_path / "bo.jsonl", item)
    assert "extractor" not in goldspan("agree", person, mended).stderr


def test_what_agreement_cannot_compute_is_null_with_its_reason() -> None:
    nested = agreement({"a": layer([Span(0, 9, "ACTOR"), Span(0, 4, "ACTOR")]), "b": layer(GOLD)})
    assert nested.alpha_u is None and any("overlap" in note for note in nested.notes)
    empty = agreement({"a": layer([]), "b": layer([])})
    assert empty.alpha_u is None and empty.token_kappa is None and len(empty.notes) == 4
    extra = agreement({"a": [*layer(GOLD), Document(id="b", text="x", spans=())], "b": layer(GOLD)})
    assert extra.documents == 1 and "have read them: 1 document, b" in extra.notes[1]
    with pytest.raises(UsageError, match="two passes"):
        agreement({"a": layer(GOLD)})


def test_agree_prints_the_contracts_json(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    data = json.loads(goldspan("agree", gold, system, "--json").stdout)
    assert set(data) == {
        "documents",
        "alone",
        "passes",
        "pairwise",
        "alpha_u",
        "alpha_u_labels",
        "token_alpha",
        "token_kappa",
        "token_ac1",
        "values",
        "interval",
        "by_pass",
        "by_document",
        "disagreements",
        "suggestions",
        "notes",
    }
    assert data["passes"] == ["gold", "system"]
    assert "alpha-u" in goldspan("agree", gold, system).stdout
    assert goldspan("agree", gold).returncode == 2


def test_zones_rule_both_sides_and_every_measure_of_agreement() -> None:
    zone = (Zone(0, 11, "related"),)
    same = score(layer(GOLD, zones=zone), layer(GOLD)).systems[0].spans.strict.micro
    assert (same.f1, same.support) == (1.0, 4)
    found = agreement({"a": layer(GOLD, zones=zone), "b": layer(GOLD[1:])})
    assert (found.pairwise[0].strict_f1, found.alpha_u, found.token_kappa, found.disagreements) == (1, 1, 1, [])


def test_doubled_spans_and_empty_passes_are_told_in_agreement() -> None:
    found = agreement({"a": layer([GOLD[0], GOLD[0]]), "b": layer([GOLD[0]])})
    assert [item.kind for item in found.disagreements] == ["missing"]
    three = agreement({"a": layer(GOLD), "b": layer([]), "c": layer([])})
    assert three.token_kappa is not None and any(
        "the mean excludes pairs for which it is undefined: b - c" in note for note in three.notes
    )


def test_agreement_of_many_units_takes_time_in_proportion() -> None:
    """Once it took minutes; benchmarks/growth.py holds the time."""
    units = {"a": [(i * 3, i * 3 + 2) for i in range(100_000)]}
    moved = {"a": [(i * 3 + 1, i * 3 + 3) for i in range(100_000)]}
    assert alpha_u([Continuum(300_001, {"a": units, "b": moved})]) < 1
    text = "x" * 40_000
    a, b = (
        [Document(id="a", text=text, spans=tuple(Span(i * 8 + k, i * 8 + 5, "ACTOR") for i in range(5000)))]
        for k in (0, 1)
    )
    assert len(agreement({"a": a, "b": b}).disagreements) == 5000


def test_systems_are_shown_beside_the_agreement_of_passes_and_surfaces_seen(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    call = ("score", gold, system, "--agreement-of", gold, "--agreement-of", system, "--errors", "--training", gold)
    shown = goldspan(*call)
    assert "agreement of passes  0.444" in shown.stdout, shown.stderr
    data = json.loads(goldspan(*call, "--json").stdout)
    assert data["ceiling"]["pairwise"][0]["strict_f1"] == pytest.approx(4 / 9)
    assert set(data["systems"][0]["errors"]["by_seen"]) == {"seen"}
    assert goldspan("score", gold, system, "--agreement-of", gold).returncode == 2

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.tokens import iob2, token_offsets
from goldspan.eval import agree, score
from goldspan.eval.alpha import alpha_u
from goldspan.eval.errors import analyse_errors
from goldspan.eval.values import b_cubed, error_area
from goldspan.schema import DataError, Document, Layer, Scheme, Span, UsageError, Zone

from ..conftest import Run, record, span, write_lines

TEXT = "Iran struck three bases in Iraq on Friday, Iran said."
GOLD = [
    Span(0, 4, "ACTOR"),
    Span(12, 17, "COUNT"),
    Span(27, 31, "LOCATION"),
    Span(35, 41, "DATE"),
    Span(43, 47, "ACTOR"),
]
SYSTEM = [Span(43, 47, "LOCATION"), Span(0, 4, "ACTOR"), Span(12, 23, "COUNT"), Span(27, 31, "LOCATION")]


def layer(spans: list[Span], name: str = "", **more: Any) -> list[Document]:
    return [Document(id="a", text=TEXT, spans=tuple(spans), layer=Layer(annotator=name) if name else None, **more)]


def test_figures_are_those_worked_out_by_hand() -> None:
    found = score(layer(GOLD), layer(SYSTEM)).systems[0].spans
    # five gold spans, four of the system: two strict; three of equal bounds; a half more that overlaps; three of a type
    for measure, credit in {"strict": 2, "exact": 3, "partial": 3.5, "type": 3}.items():
        micro = found[measure]["micro"]
        assert (micro["precision"], micro["recall"], micro["f1"]) == (credit / 4, credit / 5, 2 * credit / 9)
    micro = found["strict"]["micro"]
    assert [micro[key] for key in ("matched", "partial", "missed", "spurious", "support")] == [2, 0, 3, 2, 5]
    assert found["partial"]["micro"]["partial"] == 1
    assert found["strict"]["labels"]["DATE"]["precision"] is None and found["strict"]["labels"]["DATE"]["recall"] == 0
    # F1 of ACTOR 2/3, LOCATION 2/3, DATE 0, COUNT 0
    assert found["strict"]["macro"]["f1"] == pytest.approx((2 / 3 + 2 / 3) / 4)


# Flat spans with at most one partner each, for which the order of spans is no matter to nervaluate 1.2.1:
# Evaluator(gold, system, tags=[…], loader="dict").evaluate()["overall"], ends given as end - 1
OUTSIDE_SPANS = [([(3, 11, "LOCATION"), (29, 37, "DATE"), (53, 57, "DATE"), (71, 74, "LOCATION"), (88, 94, "DATE"), (108, 111, "DATE")], [(4, 11, "COUNT"), (29, 37, "DATE"), (53, 57, "DATE"), (71, 76, "LOCATION"), (88, 94, "DATE"), (108, 111, "DATE")]), ([(2, 8, "ACTOR"), (21, 25, "DATE"), (39, 43, "ACTOR"), (56, 60, "ACTOR")], [(3, 8, "COUNT"), (21, 25, "COUNT")]), ([(2, 7, "LOCATION"), (24, 32, "DATE"), (50, 54, "LOCATION")], [(24, 32, "DATE"), (50, 54, "LOCATION")]), ([(4, 8, "ACTOR"), (23, 28, "DATE"), (45, 53, "DATE"), (68, 73, "LOCATION")], [(4, 8, "ACTOR"), (23, 30, "DATE"), (45, 53, "DATE"), (68, 75, "LOCATION")]), ([(2, 8, "LOCATION"), (21, 26, "ACTOR"), (41, 47, "ACTOR"), (63, 68, "LOCATION")], [(3, 8, "COUNT"), (41, 49, "ACTOR"), (63, 70, "LOCATION")]), ([(4, 7, "DATE"), (21, 24, "ACTOR")], [(4, 7, "DATE")]), ([(3, 10, "LOCATION"), (25, 31, "ACTOR"), (46, 51, "ACTOR"), (64, 68, "LOCATION"), (83, 87, "LOCATION")], [(14, 17, "LOCATION"), (25, 33, "ACTOR"), (46, 51, "ACTOR"), (64, 70, "LOCATION"), (83, 87, "LOCATION")]), ([(1, 6, "DATE"), (20, 23, "DATE"), (41, 46, "LOCATION"), (59, 62, "DATE"), (78, 81, "ACTOR"), (96, 101, "LOCATION")], [(1, 6, "DATE"), (20, 23, "DATE"), (41, 46, "LOCATION"), (59, 64, "DATE"), (79, 81, "COUNT"), (96, 101, "COUNT")]), ([(1, 9, "ACTOR"), (24, 28, "ACTOR"), (45, 49, "DATE")], [(13, 16, "ACTOR"), (53, 56, "DATE")]), ([(1, 5, "LOCATION"), (18, 24, "LOCATION"), (41, 45, "DATE"), (61, 69, "DATE"), (84, 89, "LOCATION")], [(1, 5, "LOCATION"), (18, 24, "LOCATION"), (41, 47, "DATE"), (61, 69, "DATE"), (84, 89, "LOCATION")]), ([(1, 7, "DATE"), (25, 31, "LOCATION"), (47, 52, "DATE")], [(25, 31, "LOCATION"), (48, 52, "COUNT")]), ([(3, 6, "LOCATION"), (24, 27, "LOCATION"), (45, 53, "LOCATION"), (68, 76, "DATE"), (91, 99, "ACTOR"), (112, 118, "DATE")], [(3, 6, "COUNT"), (24, 27, "LOCATION"), (57, 60, "LOCATION"), (68, 76, "DATE"), (91, 101, "ACTOR"), (113, 118, "COUNT")])]  # fmt: skip
NERVALUATE = {
    "strict": (0.4772727272727273, 0.4117647058823529, 0.4421052631578948),
    "partial": (0.7272727272727273, 0.6274509803921569, 0.6736842105263158),
    "type": (0.7045454545454546, 0.6078431372549019, 0.6526315789473683),
    "exact": (0.5454545454545454, 0.47058823529411764, 0.5052631578947367),
}


# The same spans as IOB2 tags, a code point a token, by the package conlleval 0.2: evaluate(lines)
CONLLEVAL = {
    "ACTOR": (0.3333333333333333, 0.15384615384615385, 0.21052631578947367),
    "LOCATION": (0.5714285714285714, 0.42105263157894735, 0.48484848484848486),
    "DATE": (0.7333333333333333, 0.5789473684210527, 0.6470588235294117),
}


def outside() -> tuple[list[Document], list[Document]]:
    sides: tuple[list[Document], list[Document]] = ([], [])
    for number, both in enumerate(OUTSIDE_SPANS):
        for side, spans in zip(sides, both, strict=True):
            side.append(Document(id=str(number), text="x" * 200, spans=tuple(Span(*item) for item in spans)))
    return sides


@pytest.mark.parametrize("measure", NERVALUATE)
def test_figures_agree_with_nervaluate_where_it_is_sound(measure: str) -> None:
    micro = score(*outside()).systems[0].spans[measure]["micro"]
    assert tuple(micro[key] for key in ("precision", "recall", "f1")) == pytest.approx(NERVALUATE[measure])


def test_figures_by_label_agree_with_conlleval() -> None:
    found = score(*outside(), resamples=0).systems[0].spans["strict"]
    for label, expected in CONLLEVAL.items():
        figures = found["labels"][label]
        assert (figures["precision"], figures["recall"], figures["f1"]) == pytest.approx(expected)
    # conlleval says 0 where nothing can be said: no gold span of COUNT
    assert found["labels"]["COUNT"]["recall"] is None


def test_figures_agree_with_spacys_scorer_where_all_aligns() -> None:
    import spacy
    from spacy.scorer import Scorer
    from spacy.training import Example

    nlp = spacy.blank("en")
    examples = []
    for spans in (GOLD, SYSTEM):
        doc = nlp(TEXT)
        doc.ents = [doc.char_span(s.start, s.end, label=s.label) for s in spans]
        examples.append(doc)
    outside = Scorer.score_spans([Example(examples[1], examples[0])], "ents")
    micro = score(layer(GOLD), layer(SYSTEM)).systems[0].spans["strict"]["micro"]
    assert (outside["ents_p"], outside["ents_r"], outside["ents_f"]) == pytest.approx(
        (micro["precision"], micro["recall"], micro["f1"])
    )


def test_the_token_measure_is_seqevals_strict_one() -> None:
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    rng = random.Random(3)
    words = ("Iran said on Friday that Iraq and three men left . " * 4).split()
    text, documents = " ".join(words), []
    for side in range(2):
        for number in range(15):
            offsets, spans, i = token_offsets(text), [], 0
            while i < len(offsets) - 3:
                length = rng.randint(1, 3)
                if rng.random() < 0.4:
                    spans.append(Span(offsets[i][0], offsets[i + length - 1][1], rng.choice(["ACTOR", "DATE"])))
                i += length
            documents.append((side, Document(id=str(number), text=text, spans=tuple(spans))))
    gold, system = ([d for s, d in documents if s == side] for side in (0, 1))
    tags = [[iob2(token_offsets(text), d.spans)[0] for d in side] for side in (gold, system)]
    report = classification_report(*tags, mode="strict", scheme=IOB2, output_dict=True)
    ours = score(gold, system, resamples=0).systems[0].tokens
    assert ours is not None
    for label in ("ACTOR", "DATE"):
        figures = ours["labels"][label]
        assert (figures["precision"], figures["recall"], figures["f1"]) == pytest.approx(
            (report[label]["precision"], report[label]["recall"], report[label]["f1-score"])
        )
    assert ours["micro"]["f1"] == pytest.approx(report["micro avg"]["f1-score"])


def test_what_tokens_cannot_express_counts_as_wrong_and_is_reported() -> None:
    half, whole = [Span(0, 3, "ACTOR"), Span(27, 31, "LOCATION")], [Span(0, 3, "ACTOR"), Span(27, 31, "LOCATION")]
    tokens = score(layer(half), layer(whole)).systems[0].tokens
    assert tokens is not None and tokens["untagged"] == {"gold": 1, "system": 1}
    assert (tokens["micro"]["matched"], tokens["micro"]["missed"], tokens["micro"]["spurious"]) == (1, 1, 1)


def values(scheme: Scheme, gold: list[Span], system: list[Span]) -> dict[str, Any]:
    return score(layer(gold), layer(system), scheme=scheme, resamples=0).systems[0].values


def test_values_are_compared_by_type(scheme: Scheme) -> None:
    gold = [
        scheme.span(0, 4, "ACTOR", kind="state", id="IRN"),
        scheme.span(12, 17, "COUNT", min=3, max=3, unit="site"),
        scheme.span(27, 31, "LOCATION", kind="country", id="a", lat=36.0, lon=44.0),
        scheme.span(35, 41, "DATE", edtf="2023-10"),
        Span(43, 47, "ACTOR"),
    ]
    system = [
        scheme.span(0, 4, "ACTOR", kind="military", id="Iran"),  # an alias of the registry's, of another kind
        scheme.span(12, 17, "COUNT", min=3, max=None, unit="site"),
        scheme.span(27, 31, "LOCATION", kind="country", id="b", lat=36.0, lon=45.0),  # 90 km away
        scheme.span(35, 41, "DATE", edtf="2023-10-27"),
        scheme.span(43, 47, "ACTOR", id="IRN"),
    ]
    found = values(scheme, gold, system)
    actor, place, date, count = (found[label] for label in scheme.labels)
    assert (actor["id_accuracy"], actor["kind_accuracy"], actor["value_accuracy"], actor["support"]) == (
        0.5,
        0.5,
        0.5,
        2,
    )
    assert (place["acc_25km"], place["acc_161km"], place["value_accuracy"]) == (0, 1, 0)
    assert place["median_km"] == pytest.approx(89.96, abs=0.1)
    assert place["auc"] == pytest.approx(math.log(place["median_km"] + 1) / math.log(math.pi * 6371.0088))
    assert (date["value_accuracy"], date["edtf_overlap"]) == (0, 1)
    assert (count["value_accuracy"], count["interval_accuracy"], count["interval_overlap"], count["unit_accuracy"]) == (
        0,
        0,
        1,
        1,
    )
    # end to end a span counts only with its value: one right of two gold and two system spans
    assert actor["value_f1"] == 0.5


def test_actors_that_no_registry_knows_are_scored_as_clusters(scheme: Scheme) -> None:
    gold = [
        scheme.span(s.start, s.end, "ACTOR", id=name)
        for s, name in zip(GOLD, ["xa", "xa", "xb", "xb", "IRN"], strict=True)
    ]
    system = [
        scheme.span(s.start, s.end, "ACTOR", id=name) for s, name in zip(GOLD, ["q", "q", "q", "r", "IRN"], strict=True)
    ]
    found = values(scheme, gold, system)["ACTOR"]
    assert found["id_accuracy"] == 0.2  # the names themselves are wrong, the clusters nearly right
    # mention by mention: precision (2/3 + 2/3 + 1/3 + 1) / 4, recall (1 + 1 + 1/2 + 1/2) / 4
    assert found["b_cubed"]["precision"] == pytest.approx(8 / 12)
    assert found["b_cubed"]["recall"] == pytest.approx(0.75)
    assert found["b_cubed"]["support"] == 4
    assert all(math.isnan(value) for value in b_cubed([]))
    assert math.isnan(error_area([]))


def test_an_empty_side_is_undefined_and_neither_a_crash_nor_0() -> None:
    nothing = score(layer([]), layer([])).systems[0].spans["strict"]
    assert nothing["micro"]["f1"] is None and nothing["macro"]["f1"] is None
    only_system = score(layer([]), layer(SYSTEM)).systems[0].spans["strict"]["micro"]
    assert (only_system["precision"], only_system["recall"], only_system["f1"]) == (0, None, 0)
    assert score([], []).systems[0].spans["strict"]["micro"]["f1"] is None


def test_zones_drop_predictions_before_every_measure() -> None:
    found = score(layer([GOLD[4]], zones=(Zone(0, 31, "related"),)), layer([GOLD[0], GOLD[4]])).systems[0]
    assert found.spans["strict"]["micro"]["spurious"] == 0
    assert found.tokens is not None and found.tokens["micro"]["spurious"] == 0


def test_documents_left_out_are_empty_and_said_and_strange_ones_refused() -> None:
    gold = [*layer(GOLD), Document(id="b", text="Iraq", spans=(Span(0, 4, "LOCATION"),))]
    said: list[str] = []
    found = score(gold, layer(GOLD), warn=said.append)
    assert found.systems[0].spans["strict"]["micro"]["missed"] == 1
    assert "left out 1 document, scored as empty: b" in said[0] and said[0] in found.notes
    with pytest.raises(DataError, match=r"'b': .*no such document"):
        score(layer(GOLD), gold)
    with pytest.raises(DataError, match="the text differs"):
        score(layer(GOLD), [Document(id="a", text=TEXT + ".", spans=())])


def test_only_what_all_have_is_scored_where_that_is_asked() -> None:
    more = [Document(id=name, text="Iraq", spans=(Span(0, 4, "LOCATION"),)) for name in "bcd"]
    gold, one, other = [*layer(GOLD), *more[:2]], [*layer(SYSTEM), more[0], more[2]], [more[0], *layer(GOLD)]
    with pytest.raises(DataError, match=r"'d': one: .*no such document.*--common"):
        score(gold, one, other, names=["one", "other"])
    found = score(gold, one, other, names=["one", "other"], common=True, resamples=50)
    apart = score([*layer(GOLD), more[0]], [*layer(SYSTEM), more[0]], [*layer(GOLD), more[0]], resamples=50)
    for ours, theirs in zip(found.systems, apart.systems, strict=True):
        assert (ours.spans, ours.values, ours.interval) == (theirs.spans, theirs.values, theirs.interval)
        assert "|labels:all|documents:common|" in ours.signature and "documents:" not in theirs.signature
    assert (found.gold["documents"], found.gold["spans"]) == (2, 6)
    assert "only the 2 documents that all have; left aside: 1 of the gold, 1 of one" in found.notes
    assert not any("left aside" in note for note in score(gold, gold, common=True).notes)
    with pytest.raises(DataError, match="no document is common to the gold and all systems"):
        score(gold, one, [more[2]], common=True)
    with pytest.raises(DataError, match="the text differs"):
        score(gold, [Document(id="a", text=TEXT + ".", spans=())], common=True)


def test_a_part_of_the_gold_is_scored_reported_and_named(goldspan: Run, tmp_path: Path) -> None:
    texts = {name: f"Iran struck base {name}." for name in ("one", "two", "three")}
    spans = [span(0, 4, "ACTOR", {"id": "IRN", "kind": "state"})]
    gold = write_lines(tmp_path / "gold.jsonl", *(record(n, texts[n], spans=spans) for n in ("one", "two")))
    system = write_lines(tmp_path / "system.jsonl", *(record(n, texts[n]) for n in ("two", "three")))
    call = ("score", gold, system, "--errors", "--html", tmp_path / "page.html")
    refused = goldspan(*call)
    assert refused.returncode == 1 and "--common" in refused.stderr and not (tmp_path / "page.html").exists()
    shown = goldspan(*call, "--common")
    assert shown.returncode == 0 and f"gold {gold}: 1 document, 1 span, " in shown.stdout
    assert "only the 1 document that all have; left aside: 1 of the gold, 1 of system" in shown.stderr
    assert "missed: two 'Iran'" in shown.stdout and "missed: one" not in shown.stdout
    page = (tmp_path / "page.html").read_text("utf-8")
    assert texts["two"] in page and texts["one"] not in page and texts["three"] not in page
    told = json.loads(goldspan(*call, "--common", "--json").stdout)
    assert told["gold"]["documents"] == 1 and any("left aside" in note for note in told["notes"])
    assert told["systems"][0]["errors"]["counts"] == {"missed": 1}


def test_a_gold_with_nothing_in_it_is_told(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    shown = goldspan("score", tmp_path / "empty.jsonl", tmp_path / "empty.jsonl")
    assert shown.returncode == 0 and "note: the gold has no documents: there is nothing to find" in shown.stderr
    bare = score(layer([]), layer(SYSTEM))
    assert "the gold has no spans of these labels: there is nothing to find" in bare.notes


def test_labels_restrict_both_sides_and_unknown_ones_are_refused() -> None:
    found = score(layer(GOLD), layer(SYSTEM), labels=["LOCATION"])
    assert found.gold["spans"] == 1 and found.systems[0].spans["strict"]["micro"]["spurious"] == 1
    assert "labels:LOCATION" in found.systems[0].signature
    with pytest.raises(UsageError, match=r"did you mean 'LOCATION'"):
        score(layer(GOLD), layer(SYSTEM), labels=["LOCATIONS"])


def test_the_signature_names_what_the_numbers_depend_on() -> None:
    one, two = (score(gold, layer(SYSTEM)).systems[0].signature for gold in (layer(GOLD), layer(GOLD[1:])))
    assert one != two and "scheme:conflict-news@1+" in one and "match:1" in one and "seed:0" in one
    assert score(layer(list(reversed(GOLD))), layer(SYSTEM)).to_dict() == score(layer(GOLD), layer(SYSTEM)).to_dict()


def many(seed: int, quality: float) -> tuple[list[Document], list[Document]]:
    rng = random.Random(seed)
    gold, system = [], []
    for number in range(60):
        spans = [Span(i * 10, i * 10 + 5, "ACTOR") for i in range(5)]
        gold.append(Document(id=str(number), text="x" * 60, spans=tuple(spans)))
        kept = tuple(s for s in spans if rng.random() < quality)
        system.append(Document(id=str(number), text="x" * 60, spans=kept))
    return gold, system


def test_intervals_hold_the_figure_and_tests_tell_systems_apart() -> None:
    gold, good = many(1, 0.9)
    _, bad = many(2, 0.6)
    found = score(gold, good, bad, names=["good", "bad"], resamples=500)
    for system in found.systems:
        low, high = system.interval["spans"]["strict"]["micro"]["f1"]
        assert low < system.spans["strict"]["micro"]["f1"] < high
    for comparison in found.comparisons:
        assert (comparison["difference"] > 0 and comparison["p_value"] < 0.01 == comparison["p_holm"]) or comparison[
            "p_holm"
        ] < 0.01
    same = score(gold, good, good, resamples=200)
    assert [comparison["p_value"] for comparison in same.comparisons] == [1.0, 1.0]
    few = score(gold[:5], good[:5], bad[:5], resamples=50)
    assert {c["p_value"] for c in few.comparisons} == {None} and any("too few" in note for note in few.notes)


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
    assert alpha_u(observers, length) == pytest.approx(expected, abs=1e-12)


def test_agreement_of_two_passes(scheme: Scheme) -> None:
    same = agree({"a": layer(GOLD), "b": layer(list(reversed(GOLD)))})
    assert (same.pairwise[0]["strict_f1"], same.alpha_u, same.token_kappa, same.disagreements) == (1, 1, 1, [])
    found = agree({"a": layer(GOLD), "b": layer(SYSTEM)})
    assert found.pairwise[0]["strict_f1"] == pytest.approx(4 / 9)
    assert found.pairwise[0]["labels"]["ACTOR"] == pytest.approx(2 / 3)
    assert [item["kind"] for item in found.disagreements] == ["boundary", "missing", "label"]
    assert 0 < (found.token_kappa or 0) < 1 and (found.alpha_u or 0) < 1
    swapped = agree({"b": layer(SYSTEM), "a": layer(GOLD)})
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
    assert f"note: {told}: what it shares with others is no agreement between annotators" in shown.stderr
    settled = goldspan("adjudicate", person, rules, "--out", tmp_path / "gold.jsonl")
    assert f"warning: {told}, not by a person, and what it shares with the others becomes gold" in settled.stderr
    goldspan("export", person, "--to", "hf", "--out", card.parent, "--pass", person, "--pass", rules)
    assert "| `rules` | the extractor rules | 1 |" in card.read_text("utf-8") and told in card.read_text("utf-8")
    # once a person has worked on it, it is hers
    [item] = [json.loads(line) for line in rules.read_text("utf-8").splitlines()]
    item["layer"]["annotator"] = "bo"
    mended = write_lines(tmp_path / "bo.jsonl", item)
    assert "extractor" not in goldspan("agree", person, mended).stderr


def test_what_agreement_cannot_compute_is_null_with_its_reason() -> None:
    nested = agree({"a": layer([Span(0, 9, "ACTOR"), Span(0, 4, "ACTOR")]), "b": layer(GOLD)})
    assert nested.alpha_u is None and any("overlap" in note for note in nested.notes)
    empty = agree({"a": layer([]), "b": layer([])})
    assert empty.alpha_u is None and empty.token_kappa is None and len(empty.notes) == 2
    extra = agree({"a": [*layer(GOLD), Document(id="b", text="x", spans=())], "b": layer(GOLD)})
    assert extra.documents == 1 and "have read them: 1 document, b" in extra.notes[0]
    with pytest.raises(UsageError, match="two passes"):
        agree({"a": layer(GOLD)})


def test_errors_are_classed_sliced_and_shown(scheme: Scheme) -> None:
    found = analyse_errors(layer(GOLD), layer([*SYSTEM, Span(18, 23, "DATE")]), scheme, training=layer([GOLD[0]]))
    assert found.counts()["all"] == {"boundary": 1, "label": 1, "missed": 1, "spurious": 1}
    assert found.confusion["ACTOR"] == {"ACTOR": 1, "LOCATION": 1}
    assert found.counts("label")["DATE"] == {"missed": 1, "spurious": 1}
    assert found.counts("seen") == {"seen": {"label": 1}, "unseen": {"boundary": 1, "missed": 1, "spurious": 1}}
    assert found.examples("label")[0].surface == "Iran"
    wrong = [scheme.span(0, 4, "ACTOR", id="IRQ")]
    assert analyse_errors(layer([scheme.span(0, 4, "ACTOR", id="IRN")]), layer(wrong), scheme).errors[0].kind == "value"


def test_a_notebook_shows_a_table_with_names_escaped() -> None:
    html = score(layer(GOLD), layer(SYSTEM), names=["<b>"])._repr_html_()
    assert "&lt;b&gt;" in html and "0.444" in html


def files(tmp_path: Path) -> tuple[Path, Path]:
    plain = [[span(s.start, s.end, s.label) for s in side] for side in (GOLD, SYSTEM)]
    gold, system = (
        write_lines(tmp_path / f"{n}.jsonl", record("a", TEXT, spans=s))
        for n, s in zip(("gold", "system"), plain, strict=True)
    )
    return gold, system


def test_the_command_prints_the_contracts_json_and_a_table_of_a_hundred_columns(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    done = goldspan("score", gold, system, "--json")
    data = json.loads(done.stdout)
    assert set(data) == {"gold", "systems", "comparisons", "notes"}
    assert set(data["systems"][0]) == {"name", "signature", "spans", "tokens", "values", "interval"}
    assert goldspan("score", gold, system, "--json").stdout == done.stdout
    shown = goldspan("score", gold, system, "--errors")
    table = [line for line in shown.stdout.splitlines() if not line.startswith(("signature", "gold "))]
    assert max(map(len, table)) <= 100 and "boundary: a 'three'" in shown.stdout


def test_fail_under_ends_with_1_and_unknown_measures_with_2(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    assert goldspan("score", gold, system, "--fail-under", "spans.strict.micro.f1=0.4").returncode == 0
    failed = goldspan("score", gold, system, "--fail-under", "spans.strict.micro.f1=0.5")
    assert failed.returncode == 1 and "spans.strict.micro.f1 is 0.444, under 0.5" in failed.stderr
    assert goldspan("score", gold, system, "--fail-under", "spans.strikt.micro.f1=0.5").returncode == 2
    assert goldspan("score", gold, system, "--fail-under", "f1").returncode == 2


def test_a_label_map_brings_foreign_labels_home_and_says_what_it_drops(goldspan: Run, tmp_path: Path) -> None:
    gold, _ = files(tmp_path)
    spans = [
        span(0, 4, "GPE", {"wikidata": "Q794"}),
        span(27, 31, "LOC"),
        span(12, 17, "CARDINAL"),
        span(5, 11, "VERB"),
    ]
    system = write_lines(tmp_path / "foreign.jsonl", record("a", TEXT, spans=spans))
    mapping = tmp_path / "map.toml"
    mapping.write_text('GPE = "ACTOR"\nLOC = "LOCATION"\nCARDINAL = "COUNT"\n')
    missing = goldspan("score", gold, system, "--map", mapping)
    assert missing.returncode == 1 and "foreign.jsonl:1: the label map has no line for 'VERB'" in missing.stderr
    mapping.write_text(mapping.read_text() + '"*" = ""\n')
    done = goldspan("score", gold, system, "--map", mapping, "--json")
    assert "dropped by the label map: VERB 1" in done.stderr
    data = json.loads(done.stdout)["systems"][0]
    assert data["spans"]["strict"]["micro"]["matched"] == 3 and "map:none" not in data["signature"]
    mapping.write_text('GPE = "ACTORS"\n')
    assert "did you mean 'ACTOR'" in goldspan("score", gold, system, "--map", mapping).stderr


def test_agree_prints_the_contracts_json(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    data = json.loads(goldspan("agree", gold, system, "--json").stdout)
    assert set(data) == {
        "documents",
        "passes",
        "pairwise",
        "alpha_u",
        "token_kappa",
        "values",
        "disagreements",
        "suggestions",
        "notes",
    }
    assert data["passes"] == ["gold", "system"]
    assert "alpha-u" in goldspan("agree", gold, system).stdout
    assert goldspan("agree", gold).returncode == 2


def test_paths_spacy_docs_and_rows_of_a_dataset_score_alike(tmp_path: Path, scheme: Scheme) -> None:
    import spacy
    from datasets import Dataset, load_dataset

    from goldspan.corpus import write_records

    expected = score(layer(GOLD), layer(SYSTEM), resamples=0).systems[0].spans
    paths = []
    for name, spans in (("gold", GOLD), ("system", SYSTEM)):
        paths.append(tmp_path / f"{name}.parquet")
        write_records(paths[-1], layer(spans), scheme)
    assert score(*paths, resamples=0).systems[0].spans == expected
    rows = [load_dataset("parquet", data_files=str(p), split="train", cache_dir=str(tmp_path / "cache")) for p in paths]
    assert isinstance(rows[0], Dataset)
    assert score(*rows, resamples=0).systems[0].spans == expected
    nlp = spacy.blank("en")
    docs = []
    for spans in (GOLD, SYSTEM):
        doc = nlp(TEXT)
        doc.ents = [doc.char_span(s.start, s.end, label=s.label) for s in spans]
        docs.append([doc])
    assert score(*docs, resamples=0).systems[0].spans == expected
    with pytest.raises(UsageError, match="cannot score int"):
        score([1], [2])


def test_columns_of_parquet_give_the_counts_of_documents(tmp_path: Path, scheme: Scheme) -> None:
    from goldspan.corpus import write_records
    from goldspan.eval.counts import MEASURES
    from goldspan.eval.parquet import match_columns, read_columns

    gold, system = outside()
    write_records(tmp_path / "gold.parquet", gold, scheme)
    write_records(tmp_path / "system.parquet", reversed(system), scheme)
    sides = [read_columns(tmp_path / f"{name}.parquet", scheme) for name in ("gold", "system")]
    found = match_columns(sides[0], sides[1], list(scheme.labels))
    whole = score(gold, system, resamples=0).systems[0]
    for measure in MEASURES:
        assert found.counts[measure].matched[:, -1].sum() == whole.spans[measure]["micro"]["matched"]
        assert found.counts[measure].partial[:, -1].sum() == whole.spans[measure]["micro"]["partial"]
    write_records(tmp_path / "other.parquet", [Document(id="x", text="y", spans=())], scheme)
    with pytest.raises(DataError, match="only one of gold and system"):
        match_columns(sides[0], read_columns(tmp_path / "other.parquet", scheme), list(scheme.labels))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"broken\.parquet: no Parquet file"):
        read_columns(tmp_path / "broken.parquet", scheme)


def test_every_figure_that_is_a_sum_or_a_median_has_its_interval(scheme: Scheme) -> None:
    place = [scheme.span(0, 4, "LOCATION", id=f"p{n}", lat=10.0, lon=10.0) for n in range(2)]
    gold = [Document(id=str(n), text="Iran", spans=(place[0],)) for n in range(12)]
    far = [scheme.span(0, 4, "LOCATION", id="q", lat=10.0, lon=10.0 + n / 5) for n in range(12)]
    system = [Document(id=str(n), text="Iran", spans=(far[n],)) for n in range(12)]
    found = score(gold, system, resamples=200).systems[0]
    figures, intervals = found.values["LOCATION"], found.interval["values"]["LOCATION"]
    for name in ("value_accuracy", "value_f1", "acc_161km", "auc", "median_km"):
        low, high = intervals[name]
        assert low <= figures[name] <= high and low < high
    assert found.interval["tokens"]["micro"]["f1"] == [1.0, 1.0]


def test_two_unknown_ids_make_no_place_right(scheme: Scheme) -> None:
    here = scheme.value("LOCATION", kind="settlement", lat=0.0, lon=0.0)
    far = scheme.value("LOCATION", kind="settlement", lat=60.0, lon=100.0)
    kind = scheme.value("LOCATION", kind="settlement")
    assert not scheme.label("LOCATION").same(here, far)
    assert not scheme.label("LOCATION").same(here, kind)
    assert scheme.label("LOCATION").same(here, scheme.value("LOCATION", lat=0.1, lon=0.1))


def test_clusters_know_aliases_and_medians_lie_in_their_intervals(scheme: Scheme) -> None:
    gold = [
        scheme.span(s.start, s.end, "ACTOR", id=name)
        for s, name in zip(GOLD, ["lx", "lx", "US", "zz", "zz"], strict=True)
    ]
    system = [
        scheme.span(s.start, s.end, "ACTOR", id=name) for s, name in zip(GOLD, ["q", "q", "USA", "r", "r"], strict=True)
    ]
    clusters = values(scheme, gold, system)["ACTOR"]["b_cubed"]
    assert (clusters["f1"], clusters["support"]) == (1.0, 4)
    near = [scheme.span(0, 4, "LOCATION", lat=0.0, lon=0.0), scheme.span(27, 31, "LOCATION", lat=0.0, lon=0.0)]
    away = [scheme.span(0, 4, "LOCATION", lat=0.0, lon=0.0), scheme.span(27, 31, "LOCATION", lat=0.0, lon=10.0)]
    found = score(layer(near), layer(away), resamples=20).systems[0]
    low, high = found.interval["values"]["LOCATION"]["median_km"]
    assert low == high == found.values["LOCATION"]["median_km"]


def test_zones_rule_both_sides_and_every_measure_of_agreement() -> None:
    zone = (Zone(0, 11, "related"),)
    same = score(layer(GOLD, zones=zone), layer(GOLD)).systems[0].spans["strict"]["micro"]
    assert (same["f1"], same["support"]) == (1.0, 4)
    found = agree({"a": layer(GOLD, zones=zone), "b": layer(GOLD[1:])})
    assert (found.pairwise[0]["strict_f1"], found.alpha_u, found.token_kappa, found.disagreements) == (1, 1, 1, [])


def test_the_order_of_a_file_changes_no_interval() -> None:
    gold, system = many(4, 0.7)
    forward, backward = (score(side, system, resamples=100).to_dict() for side in (gold, gold[::-1]))
    assert forward == backward


def test_what_a_file_would_be_refused_for_is_refused_in_python_too() -> None:
    with pytest.raises(DataError, match="unknown label"):
        score(layer(GOLD), layer([Span(0, 4, "ACTR")]))
    with pytest.raises(DataError, match="stands on an earlier line"):
        score(layer(GOLD), [*layer([]), *layer(GOLD)])
    with pytest.raises(DataError, match="past the text"):
        score(layer(GOLD), layer([Span(0, 1000, "ACTOR")]))


def test_errors_keep_to_the_labels_and_know_aliases(scheme: Scheme) -> None:
    gold = [scheme.span(0, 4, "ACTOR", id="USA"), GOLD[3]]
    system = [scheme.span(0, 4, "ACTOR", id="US"), GOLD[3], Span(18, 23, "COUNT")]
    assert analyse_errors(layer(gold), layer(system), scheme, labels=["ACTOR", "DATE"]).errors == []


def test_doubled_spans_and_empty_passes_are_told_in_agreement() -> None:
    found = agree({"a": layer([GOLD[0], GOLD[0]]), "b": layer([GOLD[0]])})
    assert [item["kind"] for item in found.disagreements] == ["missing"]
    three = agree({"a": layer(GOLD), "b": layer([]), "c": layer([])})
    assert three.token_kappa is not None and any("left out" in note for note in three.notes)


def test_a_limit_that_is_no_number_is_refused(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    for limit in ("spans.strict.micro.f1=nan", "interval.spans.strict.micro.f1=0.5", "name=0.5"):
        done = goldspan("score", gold, system, "--fail-under", limit)
        assert done.returncode == 2 and "Traceback" not in done.stderr


def test_agreement_of_many_units_takes_time_in_proportion() -> None:
    import time

    units = {"a": [(i * 3, i * 3 + 2) for i in range(100_000)]}
    moved = {"a": [(i * 3 + 1, i * 3 + 3) for i in range(100_000)]}
    start = time.perf_counter()
    assert alpha_u([units, moved], 300_001) < 1
    text = "x" * 40_000
    a, b = (
        [Document(id="a", text=text, spans=tuple(Span(i * 8 + k, i * 8 + 5, "ACTOR") for i in range(5000)))]
        for k in (0, 1)
    )
    assert len(agree({"a": a, "b": b}).disagreements) == 5000
    assert time.perf_counter() - start < 30


def test_systems_are_shown_beside_the_agreement_of_passes_and_surfaces_seen(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    call = ("score", gold, system, "--ceiling", gold, "--ceiling", system, "--errors", "--training", gold)
    shown = goldspan(*call)
    assert "agreement of passes  0.444" in shown.stdout, shown.stderr
    data = json.loads(goldspan(*call, "--json").stdout)
    assert data["ceiling"]["pairwise"][0]["strict_f1"] == pytest.approx(4 / 9)
    assert set(data["systems"][0]["errors"]["by_seen"]) == {"seen"}
    assert goldspan("score", gold, system, "--ceiling", gold).returncode == 2

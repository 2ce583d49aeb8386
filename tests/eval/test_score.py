"""Figures of spans and tokens, held against other scorers; intervals, tests, signatures."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from goldspan.corpus.spans.tokenisation import iob2_tags, token_offsets
from goldspan.eval import score
from goldspan.eval.error_analysis import analyse_errors
from goldspan.eval.metric_types.metric_groups import leaves
from goldspan.eval.metric_types.score_intervals import IntervalCoverage
from goldspan.eval.statistics.interval_coverage import SIMULATED
from goldspan.schema import DataError, Document, Scheme, Span, UsageError, Zone
from goldspan.schema.names.settlements import settlement_edition

from .layers import GOLD, SYSTEM, TEXT, layer, many


def test_figures_are_those_worked_out_by_hand() -> None:
    found = score(layer(GOLD), layer(SYSTEM)).systems[0].spans
    # five gold spans, four of the system: two strict; three of equal bounds; a half more that overlaps; three of a type
    for measure, credit in {"strict": 2, "exact": 3, "partial": 3.5, "type": 3}.items():
        micro = found[measure].micro
        assert micro.rates == (credit / 4, credit / 5, 2 * credit / 9)
    micro = found.strict.micro
    assert micro.counts == (2, 0, 3, 2, 5)
    assert found.partial.micro.partial == 1
    assert found.strict.labels["DATE"].precision is None and found.strict.labels["DATE"].recall == 0
    # F1 of ACTOR 2/3, LOCATION 2/3, DATE 0, COUNT 0
    assert found.strict.macro.f1 == pytest.approx((2 / 3 + 2 / 3) / 4)


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
    micro = score(*outside()).systems[0].spans[measure].micro
    assert micro.rates == pytest.approx(NERVALUATE[measure])


def test_figures_by_label_agree_with_conlleval() -> None:
    found = score(*outside(), resamples=0).systems[0].spans.strict
    for label, expected in CONLLEVAL.items():
        figures = found.labels[label]
        assert figures.rates == pytest.approx(expected)
    # conlleval says 0 where nothing can be said: no gold span of COUNT
    assert found.labels["COUNT"].recall is None


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
    micro = score(layer(GOLD), layer(SYSTEM)).systems[0].spans.strict.micro
    assert (outside["ents_p"], outside["ents_r"], outside["ents_f"]) == pytest.approx(micro.rates)


def test_the_token_measure_is_seqevals_strict_one() -> None:
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    rng = random.Random(3)
    words = ("Iran said on Friday that Iraq and three men left . " * 4).split()
    text, documents = " ".join(words), []
    for side in range(2):
        for number in range(15):
            offsets, spans, i = token_offsets(text, None), [], 0
            while i < len(offsets) - 3:
                length = rng.randint(1, 3)
                if rng.random() < 0.4:
                    spans.append(Span(offsets[i][0], offsets[i + length - 1][1], rng.choice(["ACTOR", "DATE"])))
                i += length
            documents.append((side, Document(id=str(number), text=text, spans=tuple(spans))))
    gold, system = ([d for s, d in documents if s == side] for side in (0, 1))
    tags = [[iob2_tags(token_offsets(text, None), d.spans)[0] for d in side] for side in (gold, system)]
    report = classification_report(*tags, mode="strict", scheme=IOB2, output_dict=True)
    ours = score(gold, system, tokens=True, resamples=0).systems[0].tokens
    assert ours is not None
    for label in ("ACTOR", "DATE"):
        figures = ours.labels[label]
        assert figures.rates == pytest.approx(
            (report[label]["precision"], report[label]["recall"], report[label]["f1-score"])
        )
    assert ours.micro.f1 == pytest.approx(report["micro avg"]["f1-score"])


def test_what_tokens_cannot_express_counts_as_wrong_and_is_reported() -> None:
    half, whole = [Span(0, 3, "ACTOR"), Span(27, 31, "LOCATION")], [Span(0, 3, "ACTOR"), Span(27, 31, "LOCATION")]
    tokens = score(layer(half), layer(whole), tokens=True).systems[0].tokens
    assert tokens is not None and (tokens.untagged.gold, tokens.untagged.system) == (1, 1)
    assert tokens.micro.counts == (1, 0, 1, 1, 2)


def test_an_empty_side_is_undefined_and_neither_a_crash_nor_0() -> None:
    nothing = score(layer([]), layer([])).systems[0].spans.strict
    assert nothing.micro.f1 is None and nothing.macro.f1 is None
    only_system = score(layer([]), layer(SYSTEM)).systems[0].spans.strict.micro
    assert only_system.rates == (0, None, 0)
    assert score([], []).systems[0].spans.strict.micro.f1 is None


def test_zones_drop_predictions_before_every_measure() -> None:
    found = score(layer([GOLD[4]], zones=(Zone(0, 31, "related"),)), layer([GOLD[0], GOLD[4]]), tokens=True).systems[0]
    assert found.spans.strict.micro.spurious == 0
    assert found.tokens is not None and found.tokens.micro.spurious == 0


def test_documents_left_out_are_empty_and_said_and_strange_ones_refused() -> None:
    gold = [*layer(GOLD), Document(id="b", text="Iraq", spans=(Span(0, 4, "LOCATION"),))]
    said: list[str] = []
    found = score(gold, layer(GOLD), warn=said.append)
    assert found.systems[0].spans.strict.micro.missed == 1
    assert "lacks 1 document, scored as empty: b" in said[0] and said[0] in found.notes
    with pytest.raises(DataError, match=r"'b': .*no such document"):
        score(layer(GOLD), gold)
    with pytest.raises(DataError, match="the text differs"):
        score(layer(GOLD), [Document(id="a", text=TEXT + ".", spans=())])


def test_only_what_all_have_is_scored_where_that_is_asked() -> None:
    more = [Document(id=name, text="Iraq", spans=(Span(0, 4, "LOCATION"),)) for name in "bcd"]
    gold, one, other = [*layer(GOLD), *more[:2]], [*layer(SYSTEM), more[0], more[2]], [more[0], *layer(GOLD)]
    with pytest.raises(DataError, match=r"'d': one: .*no such document.*`common=True`"):
        score(gold, one, other, names=["one", "other"])
    found = score(gold, one, other, names=["one", "other"], common=True, resamples=50)
    apart = score([*layer(GOLD), more[0]], [*layer(SYSTEM), more[0]], [*layer(GOLD), more[0]], resamples=50)
    for ours, theirs in zip(found.systems, apart.systems, strict=True):
        assert (ours.spans, ours.values, ours.intervals) == (theirs.spans, theirs.values, theirs.intervals)
        assert "|labels:all|documents:common|" in ours.signature and "documents:" not in theirs.signature
    assert (found.gold.documents, found.gold.spans) == (2, 6)
    assert "scored only the 2 common documents; excluded: 1 of the gold, 1 of one" in found.notes
    assert not any("left aside" in note for note in score(gold, gold, common=True).notes)
    with pytest.raises(DataError, match="the gold and all systems have no document in common"):
        score(gold, one, [more[2]], common=True)
    with pytest.raises(DataError, match="the text differs"):
        score(gold, [Document(id="a", text=TEXT + ".", spans=())], common=True)


def test_labels_restrict_both_sides_and_unknown_ones_are_refused() -> None:
    found = score(layer(GOLD), layer(SYSTEM), labels=["LOCATION"])
    assert found.gold.spans == 1 and found.systems[0].spans.strict.micro.spurious == 1
    assert "labels:LOCATION" in found.systems[0].signature
    with pytest.raises(UsageError, match=r"did you mean 'LOCATION'"):
        score(layer(GOLD), layer(SYSTEM), labels=["LOCATIONS"])


def test_the_signature_names_what_the_numbers_depend_on() -> None:
    one, two = (score(gold, layer(SYSTEM)).systems[0].signature for gold in (layer(GOLD), layer(GOLD[1:])))
    assert one != two and "scheme:conflict-news@1+" in one and "match:3" in one and "seed:0" in one
    assert f"|places:{settlement_edition()}|" in one
    assert "|places:" not in score(layer(GOLD), layer(SYSTEM), labels=["DATE"]).systems[0].signature
    assert score(layer(list(reversed(GOLD))), layer(SYSTEM)).to_dict() == score(layer(GOLD), layer(SYSTEM)).to_dict()


def test_intervals_hold_the_figure_and_tests_tell_systems_apart() -> None:
    gold, good = many(1, 0.9)
    _, bad = many(2, 0.6)
    found = score(gold, good, bad, names=["good", "bad"], resamples=500)
    for system in found.systems:
        f1, interval = system.spans.strict.f1, system.intervals.spans.strict.f1
        assert f1 is not None and interval is not None and interval.low < f1 < interval.high
    [comparison] = found.comparisons
    assert comparison.difference and comparison.difference > 0 and comparison.method == "approximate randomisation"
    assert comparison.p_value and comparison.p_value < 0.01
    assert comparison.p_value == comparison.p_holm  # of one pair there is nothing to correct
    same = score(gold, good, good, resamples=200)
    assert [comparison.p_value for comparison in same.comparisons] == [1.0]
    few = score(gold[:5], good[:5], bad[:5], resamples=50)
    assert {c.p_value for c in few.comparisons} == {None} and any("too few" in note for note in few.notes)


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
    with pytest.raises(UsageError, match="int is not a document"):
        score([1], [2])


def test_every_figure_that_is_a_sum_or_a_median_has_its_interval(scheme: Scheme) -> None:
    place = [scheme.span(0, 4, "LOCATION", id=f"p{n}", lat=10.0, lon=10.0) for n in range(2)]
    gold = [Document(id=str(n), text="Iran", spans=(place[0],)) for n in range(12)]
    far = [scheme.span(0, 4, "LOCATION", id="q", lat=10.0, lon=10.0 + n / 5) for n in range(12)]
    system = [Document(id=str(n), text="Iran", spans=(far[n],)) for n in range(12)]
    found = score(gold, system, tokens=True, resamples=200).systems[0]
    figures, intervals = found.values["LOCATION"], found.intervals.values["LOCATION"]
    for name in ("value_accuracy", "value_f1", "acc_161km", "auc", "median_km"):
        low, high = intervals.parts()[name]
        assert low <= figures.parts()[name] <= high and low < high
    assert found.intervals.tokens.f1 == (1.0, 1.0)


def test_fewer_than_10_documents_have_no_intervals_unless_asked_for() -> None:
    gold, system = many(4, 0.7)
    few = score(gold[:9], system[:9], system[:9], resamples=100)
    assert {value for _, value in leaves(few[0].intervals)} == {None} and few.comparisons[0].p_value is None
    assert few.notes[0] == "9 documents: too few for intervals and tests, which require at least 10"
    asked = score(gold[:9], system[:9], resamples=100, intervals=True)
    f1, interval = asked[0].spans.strict.f1, asked[0].intervals.spans.strict.f1
    assert f1 is not None and interval is not None and interval.low < f1 < interval.high
    assert asked.systems[0].intervals.coverage == IntervalCoverage(0.95, SIMULATED[9])
    assert f"in about {SIMULATED[9]:.0%} of simulations, not in 95%; too few for tests" in asked.notes[0]
    assert asked.systems[0].spans == few.systems[0].spans
    alone = score(gold[:1], system[:1], resamples=100, intervals=True)
    assert {value for _, value in leaves(alone[0].intervals)} == {None} and "1 document: too few" in alone.notes[0]


def test_fewer_than_30_documents_have_intervals_with_a_note() -> None:
    gold, system = many(4, 0.7)
    for documents, noted in ((10, True), (29, True), (30, False), (60, False)):
        found = score(gold[:documents], system[:documents], resamples=100)
        assert found.systems[0].intervals.spans.strict.micro.f1 is not None
        assert any("of simulations" in note for note in found.notes) is noted
    assert not any("of simulations" in n or "too few" in n for n in score(gold[:5], system[:5], resamples=0).notes)


def test_what_no_resample_can_tell_is_not_told_of() -> None:
    gold = [Document(id=f"{n}", text=TEXT, spans=(GOLD[n % 2],)) for n in range(10)]
    notes = score(gold, gold, resamples=100).notes
    assert not any("DATE" in note or "LOCATION" in note for note in notes)
    rare = [Document(id=f"{n}", text=TEXT, spans=(GOLD[1 if n == 3 else 0],)) for n in range(10)]
    note = score(rare, rare, resamples=100).notes[-1]
    assert note.startswith("system: intervals exclude resamples in which the metric is undefined: at most ")
    assert " of 100, for " in note and "COUNT" in note


def test_the_order_of_a_file_changes_no_interval() -> None:
    gold, system = many(4, 0.7)
    forward, backward = (score(side, system, resamples=100).to_dict() for side in (gold, gold[::-1]))
    assert forward == backward


def test_what_a_file_would_be_refused_for_is_refused_in_python_too() -> None:
    with pytest.raises(DataError, match="unknown label"):
        score(layer(GOLD), layer([Span(0, 4, "ACTR")]))
    with pytest.raises(DataError, match="duplicate document id"):
        score(layer(GOLD), [*layer([]), *layer(GOLD)])
    with pytest.raises(DataError, match="past the text"):
        score(layer(GOLD), layer([Span(0, 1000, "ACTOR")]))


def test_errors_keep_to_the_labels_and_know_aliases(scheme: Scheme) -> None:
    gold = [scheme.span(0, 4, "ACTOR", id="USA"), GOLD[3]]
    system = [scheme.span(0, 4, "ACTOR", id="US"), GOLD[3], Span(18, 23, "COUNT")]
    assert analyse_errors(layer(gold), layer(system), scheme, labels=["ACTOR", "DATE"]).errors == []

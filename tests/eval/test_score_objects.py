"""Scores as objects: attributes, paths, plain data and frames say the same; errors name the choices; views escape."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from goldspan.eval import ConfidenceInterval, Scores, SystemScore, agreement, score
from goldspan.eval.matching.match_counts import MEASURES
from goldspan.eval.metric_types.metric_groups import leaves
from goldspan.schema import DataError, Document, Scheme, Span, UsageError, conflict_scheme

from .layers import GOLD, SYSTEM, TEXT, layer

TEXT_FREE = {"text": None, "text_sha256": "0" * 64, "text_length": len(TEXT)}


def corpus(scheme: Scheme, spans: list[Span], **more: Any) -> list[Document]:
    """Twelve documents with values of every type, of which each lacks another span."""
    valued = {
        "ACTOR": {"id": "xa", "kind": "state"},
        "COUNT": {"min": 3, "max": 4, "unit": "site"},
        "LOCATION": {"id": "p", "lat": 10.0, "lon": 10.0 + len(spans)},
        "DATE": {"edtf": "2023-10-27"},
    }
    whole = [scheme.span(s.start, s.end, s.label, **valued[s.label]) for s in spans]
    return [
        Document(id=f"{n:02}", spans=tuple(s for i, s in enumerate(whole) if i != n % 7), **({"text": TEXT} | more))
        for n in range(12)
    ]


KINDS: dict[str, tuple[dict[str, Any], int, bool]] = {
    "with intervals": ({}, 50, False),
    "with tokens": ({}, 50, True),
    "without resamples": ({}, 0, False),
    "text-free": (TEXT_FREE, 50, False),
}


@pytest.fixture(scope="module", params=KINDS)
def scores(request: pytest.FixtureRequest) -> Scores:
    more, resamples, tokens = KINDS[request.param]
    scheme = conflict_scheme()
    gold, system = corpus(scheme, GOLD, **more), corpus(scheme, SYSTEM, **more)
    return score(gold, system, gold, scheme=scheme, names=["sys", "<b>gold</b>"], tokens=tokens, resamples=resamples)


def attribute(root: Any, path: list[str]) -> Any:
    """What the attributes and keys of a path lead to, as a person writes them."""
    for name in path:
        if isinstance(root, dict):
            root = root[name]
        elif hasattr(root, name):
            root = getattr(root, name)
        else:
            root = root.fields[name]
    return root


def keyed(tree: Any, path: list[str]) -> Any:
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def test_every_metric_and_interval_is_the_same_by_attribute_path_plain_data_and_frame(scores: Scores) -> None:
    frame = scores.to_pandas()
    rows = 0
    for number, system in enumerate(scores):
        plain = scores.to_dict()["systems"][number]
        groups = {name: plain[name] for name in ("spans", "tokens", "values") if name in plain}
        of_system = frame[frame["system"] == system.name].set_index("path")
        for parts, value in leaves(groups):
            path, rows = ".".join(parts), rows + 1
            assert attribute(system, list(parts)) == scores.metric(path, system.name) == system.metric(path) == value
            interval = scores.interval(path, number)
            assert keyed(plain["interval"], list(parts)) == (None if interval is None else list(interval)), path
            row = of_system.loc[path]
            assert (None if row.isna()["value"] else row["value"]) == value, path
            assert (None if row.isna()["low"] else (row["low"], row["high"])) == interval, path
            if interval is not None:
                assert attribute(system.intervals, list(parts)) == interval
    assert len(frame) == rows


def test_the_frame_says_what_a_row_is_of(scores: Scores) -> None:
    frame = scores.to_pandas()
    f1 = frame[(frame["metric"] == "f1") & (frame["group"] == "spans")]
    micro = f1[f1["average"] == "micro"].pivot(index="system", columns="measure", values="value")
    assert [micro.loc["sys", measure] for measure in MEASURES] == [scores["sys"].spans[m].f1 for m in MEASURES]
    by_label = f1[(f1["measure"] == "strict") & f1["label"].notna() & (f1["system"] == "sys")].set_index("label")
    expected = {label: metrics.f1 for label, metrics in scores["sys"].spans.strict.labels.items()}
    assert {
        label: None if by_label.isna()["value"][label] else by_label["value"][label] for label in expected
    } == expected
    assert set(frame["group"]) == ({"spans", "values"} if scores[0].tokens is None else {"spans", "tokens", "values"})
    assert {"b_cubed.f1", "median_km", "support"} <= set(frame[frame["group"] == "values"]["metric"])
    assert scores["sys"].to_pandas().equals(frame[frame["system"] == "sys"])


def test_a_measure_shows_its_micro_average(scores: Scores) -> None:
    for system in scores:
        for measure in MEASURES:
            shown, intervals = system.spans[measure], system.intervals.spans[measure]
            assert (shown.precision, shown.recall, shown.f1) == shown.micro.rates
            assert (intervals.precision, intervals.recall, intervals.f1) == intervals.micro.rates
            assert shown is getattr(system.spans, measure)
        assert (system.tokens is None) == (system.intervals.tokens is None)


def test_systems_are_found_by_name_and_position(scores: Scores) -> None:
    assert len(scores) == 2 and [system.name for system in scores] == ["sys", "<b>gold</b>"]
    assert scores["sys"] is scores[0] is scores[-2] is next(iter(scores))
    assert pickle.loads(pickle.dumps(scores)).to_dict() == scores.to_dict()


UNKNOWN = {
    "a system": (lambda s: s["syst"], "unknown system 'syst': did you mean 'sys'?"),
    "a position": (lambda s: s[2], "system 2 is out of range: the scores have 2 systems"),
    "a label": (
        lambda s: s[0].spans.strict.labels["ACTR"],
        "unknown label 'ACTR': did you mean 'ACTOR'? known: ACTOR,",
    ),
    "values of a label": (lambda s: s[0].values["DAT"], "unknown label 'DAT': did you mean 'DATE'?"),
    "a field": (
        lambda s: s[0].values["DATE"].fields["id_accuracy"],
        "unknown metric 'id_accuracy': known: edtf_overlap",
    ),
    "a measure": (lambda s: s[0].spans["strikt"], "unknown measure 'strikt': did you mean 'strict'?"),
    "a path": (
        lambda s: s.metric("spans.strict.f1"),
        "unknown metric 'spans.strict.f1': did you mean 'spans.strict.micro.f1'?",
    ),
    "a group": (lambda s: s.metric("spans.strict.macro"), "it is a group of precision, recall, f1"),
    "past a metric": (lambda s: s.metric("spans.strict.micro.f1.x"), "there is nothing below 'spans.strict.micro.f1'"),
    "an interval": (lambda s: s.interval("spans.strict.micro.f"), "did you mean 'f1'?"),
    "coverage": (lambda s: s.interval("coverage.nominal"), "known: spans, "),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_unknown_names_are_refused_with_the_choices(kind: str, scores: Scores) -> None:
    ask, message = UNKNOWN[kind]
    with pytest.raises(UsageError) as raised:
        ask(scores)
    assert message in str(raised.value)


def test_counts_have_no_interval_and_labels_that_are_absent_can_be_asked_for(scores: Scores) -> None:
    assert scores.interval("spans.strict.micro.matched") is None
    assert scores.interval("values.ACTOR.b_cubed.f1") is None
    labels = scores[0].spans.strict.labels
    assert labels.get("ACTR") is None and "ACTR" not in labels and "ACTOR" in labels


def test_token_metrics_are_there_only_where_asked_for_and_need_texts(scheme: Scheme) -> None:
    gold = corpus(scheme, GOLD)
    found = score(gold, gold, scheme=scheme, resamples=0)
    assert found[0].tokens is None and "tokens" not in found.to_dict()["systems"][0]
    for ask in (found.metric, found[0].interval):
        with pytest.raises(UsageError, match="token metrics were not computed"):
            ask("tokens.micro.f1")
    text_free = corpus(scheme, GOLD, **TEXT_FREE)
    with pytest.raises(DataError, match="the gold is text-free"):
        score(text_free, text_free, scheme=scheme, tokens=True)


def test_scores_print_as_aligned_lines() -> None:
    found = score(layer(GOLD), layer(SYSTEM), names=["my\nsystem"], tokens=True, resamples=0)
    assert str(found) == (
        f"gold: 1 document, 5 spans, {found.gold.sha256[:12]}\n"
        "system     strict F1  95 %  precision  recall  partial F1  token F1\n"
        "my system      0.444     -      0.500   0.400       0.778     0.444\n"
        "2 notes in `notes`"
    )
    lines = str(found[0]).splitlines()
    assert lines[1].split() == ["strict", "0.500", "0.400", "0.444", "-", "2", "0", "3", "2", "5"]
    assert len({len(line) for line in lines[:10]}) == 1
    assert repr(found) == "<Scores of 'my\\nsystem' on 1 document>"
    assert repr(found[0]) == "<SystemScore 'my\\nsystem': strict F1 0.444>"


def test_a_notebook_shows_intervals_and_notes_and_escapes_names(scores: Scores) -> None:
    for shown in (scores, scores["<b>gold</b>"]):
        assert isinstance(shown, Scores | SystemScore)
        html = shown._repr_html_()
        assert "<b>" not in html and "&lt;b&gt;gold&lt;/b&gt;" in html
        interval = scores["<b>gold</b>"].intervals.spans.strict.f1
        assert ("<small>" in html) == (interval is not None)
    assert scores._repr_html_().count("<li>") == len(scores.notes)


def test_an_interval_unpacks() -> None:
    low, high = interval = ConfidenceInterval(0.25, 0.5)
    assert (low, high) == (interval.low, interval.high) and str(interval) == "0.250-0.500"


def test_agreement_has_frames_text_and_a_notebook_view(scheme: Scheme) -> None:
    passes = {"<i>": layer(GOLD), "b": layer(SYSTEM), "c": [Document(id="z", text="x", spans=()), *layer(GOLD)]}
    found = agreement(passes, scheme)
    pairs = found.to_pandas()
    assert list(pairs["a"]) == ["<i>", "<i>", "b"] and list(pairs["strict_f1"]) == [p.strict_f1 for p in found.pairwise]
    assert list(pairs["f1_ACTOR"]) == [pair.labels["ACTOR"] for pair in found.pairwise]
    assert pairs["value_accuracy_ACTOR"].isna().all() and list(pairs["value_support_ACTOR"]) == [0, 0, 0]
    rows = found.to_pandas("disagreements")
    assert list(rows["kind"]) == [item.kind for item in found.disagreements] and len(rows) == 3
    assert list(rows.loc[0, ["spans_<i>", "spans_b"]]) == ["[12, 17) COUNT", "[12, 23) COUNT"]
    assert rows.loc[1, "spans_b"] == ""  # read, without a span there
    with pytest.raises(UsageError, match="unknown `rows` 'pair': did you mean 'pairs'"):
        found.to_pandas("pair")
    assert "1 document read by two or more passes; 1 read by one pass only" in str(found)
    assert "\n<i> - b          1   0.444" in str(found) and f"{len(found.notes)} note" in str(found)
    html = found._repr_html_()
    assert "<i>" not in html and "&lt;i&gt; - b" in html and html.count("<li>") == len(found.notes)
    assert repr(found) == "<Agreement of '<i>', 'b', 'c' on 1 document>"

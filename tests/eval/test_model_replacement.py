"""Whether a model may stand in for a reader: the alternative annotator test over spans and values."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.simulations import readers as simulation
from goldspan import agreement
from goldspan.eval.coefficients.resampling import DocumentResampling
from goldspan.eval.replacement.alternative_annotator import replacement_tests
from goldspan.eval.replacement.model_replacement import compare_with_readers
from goldspan.eval.replacement.span_credit import SPANS, PassCredits
from goldspan.eval.statistics.false_discoveries import benjamini_yekutieli
from goldspan.schema import DataError, Document, Layer, Span, UsageError, conflict_scheme

from ..conftest import Run, record, span, write_lines
from .published_alt_test import FIGURES, MODELS, READERS

LABELS = {"a": "ACTOR", "b": "LOCATION", "t": "DATE"}
TEXT = "Iran struck three bases in Iraq on Friday."


def labelled(row: str) -> dict[str, list[tuple[int, int, str]]]:
    """A document for each item that has a label, with one span of that label."""
    return {f"{place:03}": [(0, 4, LABELS[label])] for place, label in enumerate(row) if label != "."}


def documents(items: dict[str, list[tuple[int, int, str]]]) -> list[Document]:
    return [Document(id=name, text=TEXT, spans=tuple(Span(*span) for span in spans)) for name, spans in items.items()]


def replacement(readers: Any, model: Any, **more: Any) -> Any:
    return agreement(readers, model=model, **{"resamples": 0, **more}).model


@pytest.mark.parametrize("name", MODELS)
def test_figures_of_a_label_per_item_are_those_of_the_authors_code(name: str) -> None:
    readers = {reader: documents(labelled(row)) for reader, row in READERS.items()}
    none: Any = {"resamples": 0, "seed": 0, "intervals": False}
    for epsilon, (winning_rate, advantage) in FIGURES[name].items():
        of_model = documents(labelled(MODELS[name]))
        found, _ = compare_with_readers(readers, name, of_model, conflict_scheme(), epsilon=epsilon, **none)
        test = found.tests[0]
        assert (test.credit, test.label, test.may_replace) == ("spans", None, winning_rate >= 0.5)
        assert (test.winning_rate, test.advantage) == pytest.approx((winning_rate, advantage), abs=1e-12)


def test_a_model_that_may_not_replace_is_said_to_in_5_percent_at_most() -> None:
    skill = simulation.boundary(3, 0.2)
    assert simulation.replaced(3, 50, 0.2, skill, 100) <= 0.05
    assert simulation.replaced(3, 100, 0.2, 0.95, 20) > 0.8


def layer(name: str, values: list[int | None], **more: Any) -> list[Document]:
    """A document for each value, with a count of that value, or nothing for None."""
    scheme = conflict_scheme()
    spans = [
        () if value is None else (scheme.span(12, 17, "COUNT", min=value, max=value, unit="attack"),)
        for value in values
    ]
    return [
        Document(id=f"{number:03}", text=TEXT, spans=of, layer=Layer(annotator=name, **more))
        for number, of in enumerate(spans)
    ]


def test_a_model_may_find_spans_as_readers_do_and_not_value_them() -> None:
    readers = {name: layer(name, [3] * 40) for name in ("ada", "ben", "cem")}
    found = {(test.credit, test.label): test for test in replacement(readers, layer("m", [4] * 40)).tests}
    assert found["spans", None].may_replace and found["spans", "COUNT"].may_replace
    assert found["values", None].may_replace is found["values", "COUNT"].may_replace is False
    assert (found["values", None].advantage, found["spans", None].advantage) == (0, 1)


def test_documents_in_which_nobody_marked_anything_do_not_count() -> None:
    """A label that is rare would else be one that any model could read."""
    readers = {name: layer(name, [3] * 20 + [None] * 80) for name in ("ada", "ben", "cem")}
    result = agreement(readers, model=layer("m", [None] * 100), resamples=0)
    assert result.model is not None and {test.may_replace for test in result.model.tests} == {None}
    assert {reader.documents for reader in result.model.tests[0].readers} == {20}
    assert any(note.startswith("80 documents in which nobody marked anything") for note in result.notes)
    assert any(note.startswith("not tested: all labels, ") for note in result.notes)


def test_a_model_that_suggested_what_readers_saw_is_no_evidence() -> None:
    readers = {name: layer(name, [3] * 40, suggestions_shown=("m",)) for name in ("ada", "ben", "cem")}
    notes = agreement(readers, model=layer("m", [3] * 40), resamples=0).notes
    assert any(note.startswith("readers saw suggestions of m, ") for note in notes)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_readers_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shared = simulation.simulate_credits(rng, 4, 40, 0.8)
    order = [*rng.permutation(4).tolist(), 4]
    turned = replace(
        shared,
        names=[shared.names[place] for place in order],
        credit={SPANS: shared.credit[SPANS][np.ix_(order, order)]},
        marked=shared.marked[order],
    )

    def told(shared: PassCredits) -> Any:
        test = replacement_tests(shared, 0.1, DocumentResampling(50, 0, False))[0]
        readers = {item.reader: (item.model_as_good, item.p_adjusted) for item in test.readers}
        return test.winning_rate, pytest.approx(test.advantage), readers

    assert told(turned) == told(shared)


def test_the_correction_is_benjamini_and_yekutielis() -> None:
    found = benjamini_yekutieli([0.01, None, 0.04, 0.03])
    assert found == [pytest.approx(0.055), None, pytest.approx(0.22 / 3), pytest.approx(0.22 / 3)]
    assert benjamini_yekutieli([]) == []


def test_what_cannot_be_tested_is_refused() -> None:
    passes = {name: labelled("ab" * 20) for name in ("ada", "ben", "cem", "model")}
    two = {name: passes[name] for name in ("ada", "ben")}
    with pytest.raises(UsageError, match="against three readers or more, and there are 2"):
        agreement(two, model=passes["cem"])
    with pytest.raises(UsageError, match="both called 'model'"):
        agreement(passes, model=passes["cem"])
    readers = {name: passes[name] for name in ("ada", "ben", "cem")}
    with pytest.raises(DataError, match="no document was read by model and two readers"):
        agreement(readers, model={"elsewhere": [(0, 4, "ACTOR")]})
    for epsilon in (-0.1, 1, True, "much", float("nan")):
        with pytest.raises(UsageError, match="`epsilon` is "):
            agreement(readers, model=passes["cem"], epsilon=epsilon)


def test_the_command_states_the_null_hypothesis_and_leaves_the_model_out_of_agreement(
    goldspan: Run, tmp_path: Path
) -> None:
    for place, name in enumerate(("ada", "ben", "cem", "gpt")):
        lines = [
            record(f"{n:02}", TEXT, spans=[span(0, 4, "ACTOR")] if (n + place) % 9 else [], layer={"annotator": name})
            for n in range(40)
        ]
        write_lines(tmp_path / f"{name}.jsonl", *lines)
    call = ["agree", "ada.jsonl", "ben.jsonl", "cem.jsonl", "--names", "--json"]
    alone, tested = (json.loads(goldspan(*call, *more, cwd=tmp_path).stdout) for more in ((), ("--model", "gpt.jsonl")))
    model = tested.pop("model")
    assert {name: tested[name] for name in alone if name != "notes"} == {
        name: part for name, part in alone.items() if name != "notes"
    }
    assert model["name"] == "gpt" and "by 0.2 or more" in model["null_hypothesis"]
    first = model["tests"][0]
    low, high = first["interval"]
    assert low <= first["advantage"] <= high and [item["reader"] for item in first["readers"]] == ["ada", "ben", "cem"]
    shown = goldspan(*call[:-1], "--model", "gpt.jsonl", "--html", "page.html", cwd=tmp_path)
    assert shown.returncode == 0 and "may gpt stand in for a reader? null hypothesis: " in shown.stdout
    page = unescape((tmp_path / "page.html").read_text("utf-8"))
    assert "A model as a reader" in page and f"Null hypothesis: {model['null_hypothesis']}." in page
    row = page[page.index("tests of gpt") :].partition("</table>")[0]
    assert f"{first['advantage']:.3f}" in row and f"{low:.3f} to {high:.3f}" in row and "p, cem" in row

"""Labels of any name in Label Studio: its config, its results, and what a project of theirs gives back."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from goldspan.annotate.guidelines import describe_scheme
from goldspan.annotate.label_studio.mapping.labeling_config import (
    check_labeling_config,
    control_names,
    instructions,
    labeling_config,
    result_label,
)
from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of
from goldspan.corpus.formats import ReadReport, load_writer, read_any
from goldspan.corpus.formats.format_export import export_documents
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import Document, parse_scheme

from ...odd_labels import NAMES, SCHEME, VALUES

CONFIG = labeling_config(SCHEME)
SPANS = tuple(SCHEME.span(n * 2, n * 2 + 1, name, **VALUES[n % 3]) for n, name in enumerate(NAMES))
DOCUMENT = Document(id="a", text="x " * len(NAMES), spans=SPANS).with_hash()


def test_the_config_is_one_and_every_result_fits_it() -> None:
    from label_studio_sdk.label_interface.interface import LabelInterface

    check_labeling_config(CONFIG)
    results = results_of(DOCUMENT, SPANS, SCHEME)
    checked = LabelInterface(CONFIG)
    assert checked.validate_prediction({"model_version": "m", "result": results}, return_errors=True) == []
    assert {result["from_name"] for result in results} <= set(control_names(SCHEME))
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in control_names(SCHEME))


def test_the_editor_finds_no_list_of_labels_and_no_field_of_the_task_in_a_name() -> None:
    root = ET.fromstring(CONFIG)
    shown = [view.get("whenLabelValue", "") for view in root.iter("View") if view.get("whenLabelValue")]
    assert shown == [result_label(name, SCHEME) for name in NAMES] and not [name for name in shown if "," in name]
    told = [str(item.get("value")) for tag in ("Label", "Choice", "Header") for item in root.iter(tag)]
    assert set(re.findall(r"\$\w+", " ".join(told))) == {"$title", "$published"}
    assert [item.get("value", "").replace("\u2060", "") for item in root.iter("Label")] == list(NAMES)
    assert [item.get("alias", item.get("value")) for item in root.iter("Label")] == shown


def test_spans_come_back_from_their_results() -> None:
    reading = spans_of(results_of(DOCUMENT, SPANS, SCHEME), DOCUMENT.text or "", SCHEME)
    assert reading.problems == [] and reading.unplaced == {} and reading.spans == list(SPANS)


def test_values_of_labels_that_are_mapped_come_along(tmp_path: object) -> None:
    """A file of one scheme, read under another that has the fields but not the names."""
    from pathlib import Path

    folder = Path(str(tmp_path)) / "out"
    export_documents([DOCUMENT], load_writer("studio"), folder, SCHEME)
    fields = {"kind": {"type": "choice", "choices": ["plain", "$x, y"]}}
    other = parse_scheme(
        {
            "name": "other",
            "version": 1,
            "labels": {"N/A": {"definition": "-", "fields": fields}},
            "spans": {"overlap": True, "boundaries": "any"},
        }
    )
    name = "GEO/Political entity"
    [found] = read_any(folder, other, ReadReport(), name="studio", labels=LabelMap({name: "N/A", "*": ""}))
    assert [(span.label, span.value) for span in found.spans] == [("N/A", other.value("N/A", kind="plain"))]


@pytest.mark.parametrize("name", ["*bold*", "<script>alert(1)</script>", "# 1", "[a](b)", "`x`"])
def test_names_are_no_markup_in_the_instructions(name: str) -> None:
    scheme = parse_scheme(
        {"name": "own", "version": 1, "labels": {name: {"definition": "-"}, "B": {"definition": "-"}}}
    )
    page = instructions(scheme)
    assert re.findall(r"<h2>(.*?)</h2>", page) == [name.replace("<", "&lt;").replace(">", "&gt;"), "B"]
    assert "\n## B\n" in describe_scheme(scheme)

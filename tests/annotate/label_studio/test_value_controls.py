"""A value of every type for any field, typed and chosen in a real browser at a real server, and pulled back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ...annotator import Annotator, pictures_folder
from ...browser import open_browser
from ...conftest import record, span, write_lines
from ...studio_server import Studio

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.slow]

SCHEME = """
name = "rulings"
version = 1
[labels.LOSS]
definition = "What was lost."
hotkey = "1"
[labels.LOSS.fields]
amount = { type = "money" }
area = { type = "number", unit = "UCUM" }
depth = { type = "number", min = -5, units = { km = 1000, m = 1 } }
took = { type = "duration" }
insured = { type = "boolean" }
cut = { type = "choices", choices = ["water", "power", "gas"] }
[labels.COURT]
definition = "A court."
hotkey = "2"
[labels.COURT.fields]
court = { type = "identifier", table = "courts.csv" }
item = { type = "wikidata" }
"""
COURTS = "id,names,kind\nbgh,Bundesgerichtshof|BGH,federal\nolg-m,OLG München,regional\n"
TEXT = "Der BGH sprach 5.50 EUR zu. Das OLG München schwieg drei Tage lang."


def test_a_value_of_each_type_is_typed_or_chosen_and_comes_back(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "courts.csv").write_text(COURTS, "utf-8")
    scheme = tmp_path / "scheme.toml"
    scheme.write_text(SCHEME, "utf-8")
    suggested = {
        "amount": 5.5, "amount_currency": "EUR", "area": 2.0, "area_unit": "km2", "depth": 1.5, "depth_unit": "km",
        "took": "P3D", "insured": False, "cut": ["power", "water"],
    }  # fmt: skip
    start, munich = TEXT.index("5.50"), TEXT.index("OLG")
    spans = [
        span(start, start + 8, "LOSS", suggested),
        span(munich, munich + 11, "COURT", {"court": "olg-m", "item": "Q2"}),
    ]
    layer = {"annotator": "x"}
    records = write_lines(tmp_path / "in.jsonl", record("a", TEXT, spans=spans, layer=layer, meta={"language": "de"}))
    pushed = studio.run("push", str(records), "--project", "Rulings", "--scheme", str(scheme), "--json")
    assert pushed.returncode == 0, pushed.stderr
    with open_browser() as browser:
        annotator = Annotator(browser.new_context().new_page(), studio, pictures_folder(tmp_path))
        annotator.log_in()
        annotator.label_all(json.loads(pushed.stdout)["project"]["id"])
        annotator.select("5.50 EUR")
        assert annotator.chosen() == {"km", "no", "water", "power"}
        annotator.mark("drei Tage", "1")
        annotator.write("LOSS.amount", "19.99")
        annotator.write("LOSS.amount_currency", "UAH")
        annotator.write("LOSS.area", "0.25")
        annotator.write("LOSS.area_unit", "km2")
        annotator.write("LOSS.depth", "-3.5")
        annotator.tick("m")
        annotator.write("LOSS.took", "P3D")
        annotator.tick("yes")
        annotator.tick("gas")
        annotator.tick("water")
        annotator.picture("values")
        annotator.mark("BGH", "2")
        annotator.pick_offered("Bundesgerichtshof")
        annotator.write("COURT.item", "https://www.wikidata.org/wiki/Q819511")
        annotator.picture("table")
        annotator.submit()
    out = tmp_path / "out.jsonl"
    pulled = studio.run("pull", "--out", str(out), "--project", "Rulings", "--scheme", str(scheme), "--json")
    assert pulled.returncode == 0, pulled.stderr
    [document] = map(json.loads, out.read_text("utf-8").splitlines())
    told = {TEXT[s["start"] : s["end"]]: s["value"] for s in document["spans"]}
    assert told == {
        "BGH": {"court": "bgh", "item": "Q819511"},
        "5.50 EUR": suggested,
        "OLG München": {"court": "olg-m", "item": "Q2"},
        "drei Tage": {
            "amount": 19.99, "amount_currency": "UAH", "area": 0.25, "area_unit": "km2", "depth": -3.5, "depth_unit": "m",
            "took": "P3D", "insured": True, "cut": ["gas", "water"],
        },
    }  # fmt: skip

"""Picking ids and dates from lists, in a real browser at a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ...annotator import Annotator, pictures_folder
from ...browser import open_browser
from ...conftest import record, span, write_lines
from ...studio_server import Studio

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.slow]

PROJECT = "Picking"
TEXT = "M23 took Goma on Friday. Hezbollah and the ADF spoke in Tripoli on 9 May. Jean Testu left."
GOMA = {"kind": "settlement", "id": "geonames:216281", "lat": -1.67409, "lon": 29.22845, "country": "COD"}


def mention(words: str, label: str, value: object = None) -> dict[str, Any]:
    start = TEXT.index(words)
    return span(start, start + len(words), label, value)


def test_ids_points_and_dates_are_picked_and_a_new_name_is_in_the_list_after_a_pull(
    studio: Studio, tmp_path: Path
) -> None:
    hezbollah = mention("Hezbollah", "ACTOR", {"kind": "armed_group", "id": "hezbollah"})
    spans = [hezbollah, mention("Goma", "LOCATION", GOMA), mention("Jean Testu", "ACTOR")]
    meta = {"published": "2024-06-01"}
    documents = [record(name, TEXT, spans=spans, meta=meta, layer={"annotator": "x"}) for name in ("a", "b")]
    records = write_lines(tmp_path / "in.jsonl", *documents)

    def push() -> dict[str, Any]:
        pushed = studio.run("push", str(records), "--project", PROJECT, "--json")
        assert pushed.returncode == 0, pushed.stderr
        return dict(json.loads(pushed.stdout))

    def pull() -> tuple[list[str], dict[str, dict[str, Any]]]:
        out = tmp_path / "out.jsonl"
        pulled = studio.run("pull", "--out", str(out), "--project", PROJECT, "--json")
        assert pulled.returncode == 0, pulled.stderr
        last = json.loads(out.read_text("utf-8").splitlines()[-1])
        return json.loads(pulled.stdout)["remarks"], {TEXT[s["start"] : s["end"]]: s for s in last["spans"]}

    project = push()["project"]["id"]
    with open_browser() as browser:
        annotator = Annotator(browser.new_context().new_page(), studio, pictures_folder(tmp_path))
        annotator.log_in()
        annotator.label_all(project)
        annotator.select("Hezbollah")
        assert annotator.chosen() == {"Hezbollah · armed_group"}
        annotator.pick_offered("Allied Democratic Forces")
        annotator.select("Goma")
        assert annotator.chosen() == {"Goma, COD · settlement"}
        annotator.mark("M23", "1")
        found = annotator.search("m23")
        assert [text.split(" (")[0] for text in found] == ["Congo River Alliance", "March 23 Movement"]
        annotator.picture("picker-list")
        annotator.pick_found(1)
        annotator.mark("Tripoli", "2")
        annotator.pick_offered("Tripoli, LBN")
        annotator.picture("picker-place")
        annotator.mark("Friday", "3")
        annotator.pick_offered("Friday: 2024-05-31")
        annotator.mark("9 May", "3")
        annotator.write("DATE.edtf", "9 May")
        annotator.select("Jean Testu")
        annotator.write("ACTOR.id", "Jean / JT")
        annotator.submit()

        remarks, told = pull()
        values = {words: {k: v for k, v in s["value"].items() if v is not None} for words, s in told.items()}
        tripoli = {"kind": "settlement", "id": "geonames:266826", "lat": 34.43352, "lon": 35.84415, "country": "LBN"}
        assert values == {
            "M23": {"kind": "armed_group", "id": "m23"},
            "Goma": GOMA,
            "Friday": {"edtf": "2024-05-31"},
            "Hezbollah": {"kind": "armed_group", "id": "allied-democratic-forces"},
            "Tripoli": tripoli,
            "9 May": {"edtf": "2024-05-09"},
            "Jean Testu": {"id": "Jean / JT"},
        }
        assert told["Hezbollah"]["origin"] == "prediction-changed" and told["Goma"]["origin"] == "prediction"
        assert any("1 new id in its lists" in remark for remark in remarks)
        assert not any("in its lists" in remark for remark in pull()[0])
        assert push()["interface"] == "unchanged"

        annotator.label_all(project)
        annotator.select("Jean Testu")
        assert annotator.search("jean / jt") == ["Jean Testu · Jean / JT"]
        annotator.pick_found(0)
        annotator.select("Hezbollah")
        annotator.search("kataib hezb")
        annotator.pick_found(0)
        annotator.submit()
    remarks, told = pull()
    assert told["Jean Testu"]["value"]["id"] == "Jean / JT"
    assert told["Hezbollah"]["value"]["id"] == "kataib-hezbollah"
    assert told["Hezbollah"]["origin"] == "prediction-changed"
    assert any("is 'kataib-hezbollah', which was given last, rather than 'hezbollah'" in r for r in remarks)

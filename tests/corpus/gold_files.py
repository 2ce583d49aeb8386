"""Small files in the forms of the field's sets, written for the tests: the words are ours, the forms those of the papers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RE3D = "US forces struck Raqqa on Tuesday."


def _lines(path: Path, items: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")


def re3d(folder: Path) -> Path:
    def entity(number: int, kind: str, words: str, document: Any = "A1") -> dict[str, Any]:
        start = RE3D.index(words)
        bounds = {"begin": start, "end": start + len(words)}
        return {"_id": f"e{number}", "documentId": document, **bounds, "type": kind, "value": words, "confidence": 0.9}

    part = folder / "re3d" / "BBC Online"
    own = {"title": "Strike", "sourceName": "BBC", "sourceUrl": "https://example.org/1"}
    _lines(part / "documents.json", [{"_id": "A1", "text": RE3D, **own}, {"_id": {"$oid": "B2"}, "text": "🙂 Raqqa."}])
    kinds = [("Organisation", "US forces"), ("Location", "Raqqa"), ("Temporal", "Tuesday"), ("Weapon", "struck")]
    emoji = {"_id": "e9", "documentId": {"$oid": "B2"}, "begin": 2, "end": 7, "type": "Location", "value": "Raqqa"}
    _lines(part / "entities.json", [*(entity(n, *kind) for n, kind in enumerate(kinds)), emoji])
    _lines(part / "relations.json", [{"documentId": "A1", "type": "Co-located"}])
    return folder / "re3d"


def role_fillers(folder: Path) -> Path:
    text = "the fmln attacked a bridge. maria lopez died."
    extracts = {
        "PerpOrg": [[["the fmln", 0], ["fmln", 4]]],
        "PerpInd": [],
        "Target": [[["a bridge", 18]]],
        "Victim": [[["maria lopez", 28]]],
        "Weapon": [],
    }
    path = folder / "test.json"
    _lines(path, [{"docid": "TST3-MUC4-0001", "doctext": text, "extracts": extracts}])
    return path


def _toponyms(folder: Path) -> Path:
    path = folder / "toponyms.xml"
    gaztag = '<gaztag geonameid="172955"><lat>33.51</lat><lon>36.29</lon></gaztag>'
    toponym = f"<toponym><start>5</start><end>13</end><phrase>Damascus</phrase>{gaztag}</toponym>"
    article = f'<article docid="7"><text>Near Damascus.</text><toponyms>{toponym}</toponyms></article>'
    path.write_text(f"<articles>{article}</articles>", "utf-8")
    return path


def typed_toponyms(folder: Path) -> Path:
    text = "Near Damascus, the Syrian army and the Damascus road."

    def toponym(words: str, kind: str, at: int = 0, more: str = "") -> str:
        start = text.index(words, at)
        bounds = f"<start>{start}</start><end>{start + len(words)}</end>"
        return f"<toponym><extractedName>{words}</extractedName><normalisedName/><type>{kind}</type><nonLocational>No</nonLocational>{bounds}{more}</toponym>"

    point = "<geonamesID>170654</geonamesID><latitude>33.51</latitude><longitude>36.29</longitude>"
    toponyms = [
        toponym("Damascus", "Literal", more=point),
        toponym("Syrian", "Non_Literal_Modifier"),
        toponym("Syrian army", "Non_Lit_Expression"),
        toponym("Damascus road", "Non_Toponym"),
        toponym("Damascus", "Embedded_Non_Lit", 20),
    ]
    path = folder / "typed.xml"
    article = f'<article file="0"><text>{text}</text><toponyms>{"".join(toponyms)}</toponyms></article>'
    path.write_text(f"<articles>{article}</articles>", "utf-8")
    return path


def events(folder: Path) -> Path:
    path = folder / "test.jsonl"
    place = "Location(country='Ukraine', address=\"Kyiv, Ukraine's capital\")"
    calls = {
        "UKR1": f"Attack(location={place}, women_targeted=[WomenTargetedCategory.GIRLS], fatalities=20, attackers=['Police'], targeted_entities=[])",
        "UKR2": f"PeacefulProtest(location={place}, crowd_size='about 3', protestors=['Farmers'], counter_protestors=[])",
        "UKR3": f"Grenade(location={place}, targets_civilians=True, fatalities=0)",
    }
    rows = zip(
        calls.items(), ["Twenty were killed, three hurt.", "3 came.", "None died."], ["en", "en", "uk"], strict=True
    )
    _lines(
        path,
        [
            {"event_id_in_acled": name, "gold_label": call, "plain_text": text, "language": language}
            for (name, call), text, language in rows
        ],
    )
    return path


def _timeml(folder: Path) -> Path:
    (folder / "te3").mkdir()
    dct = '<DCT><TIMEX3 tid="t0" type="DATE" value="2013-03-22" functionInDocument="CREATION_TIME">x</TIMEX3></DCT>'
    body = '<TIMEX3 tid="t1" type="DATE" value="2013-03-21">Thursday</TIMEX3>, after <TIMEX3 tid="t2" type="DURATION" value="P2D">two days</TIMEX3>.'
    (folder / "te3" / "a.tml").write_text(f"<TimeML><DOCID>a</DOCID>{dct}<TEXT>On {body}</TEXT></TimeML>", "utf-8")
    return folder / "te3"


def timex2(folder: Path) -> Path:
    (folder / "ww").mkdir()
    dates = (
        'In <TIMEX2 val="1939-09">September <TIMEX2 val="1939">1939</TIMEX2></TIMEX2>, for <TIMEX2 val="P3D">three days</TIMEX2>, '
        'at <TIMEX2 val="1939-09-01T04:45">dawn</TIMEX2>, <TIMEX2 set="YES" val="XXXX-WXX">weekly</TIMEX2>, <TIMEX2>lately</TIMEX2>.'
    )
    dated = '<DATETIME><TIMEX2 val="2010-02-03T10:00">x</TIMEX2></DATETIME>'
    (folder / "ww" / "01.key.xml").write_text(
        f"<DOC><DOCID>01_WW</DOCID>{dated}<BODY><TEXT>{dates}</TEXT></BODY></DOC>", "utf-8"
    )
    return folder / "ww"


def quantities(folder: Path) -> Path:
    path = folder / "NewsQuant.json"
    items = [
        {
            "text": "Some 20 soldiers and 2-3 tanks.",
            "quantities": [{"value": "20", "normalized_unit": "soldier"}, {"value": "2-3", "normalized_unit": "tank"}],
        },
        {"text": "It fell 1.5%.", "quantities": [{"value": 1.5, "normalized_unit": "percentage"}]},
        {"text": "Nothing.", "quantities": []},
    ]
    path.write_text(json.dumps(items), "utf-8")
    return path


def numbers(folder: Path) -> Path:
    def result(words: str, start: int | None, value: str) -> dict[str, Any]:
        bounds = {} if start is None else {"Start": start, "End": start + len(words) - 1}
        return {"Text": words, "TypeName": "number", "Resolution": {"value": value}, **bounds}

    path = folder / "NumberModel.json"
    items = [
        {"Input": "🙂 Twenty men.", "Results": [result("twenty", 3, "20")]},
        {
            "Input": "two and 2.5",
            "Results": [result("two", None, "2"), result("2.5", 8, "2.5"), result("nine", None, "9")],
        },
        {"Input": "none", "Results": [], "NotSupported": "python"},
    ]
    path.write_text(json.dumps(items, indent=1), "utf-8")
    return path


def entity_roles(folder: Path, *, after: int = 0) -> Path:
    articles = folder / "EN" / "raw-documents"
    articles.mkdir(parents=True)
    text = "Kyiv\r\n\r\nRussia shelled Kyiv."
    (articles / "EN_1.txt").write_bytes(text.encode())
    (articles / "EN_2.txt").write_text("Nobody.", "utf-8")
    rows = [
        ("Russia", 8, 13 + after, "Antagonist\tTyrant\tSaboteur"),
        ("Kyiv", 23, 26 + after, "Innocent\tVictim"),
        ("Moscow", 1, 6 + after, "Antagonist\tTyrant"),
    ]
    lines = [f"EN_1.txt\t{words}\t{start}\t{end}\t{roles}\n" for words, start, end, roles in rows]
    (folder / "EN" / "subtask-1-annotations.txt").write_text("".join(lines), "utf-8")
    return folder / "EN"


def _columns(folder: Path) -> Path:
    path = folder / "case.txt"
    tokens = [("Farmers", "B-participant"), ("marched", "B-trigger"), ("in", "O"), ("Ankara", "B-place"), (".", "O")]
    path.write_text("".join(f"{token}\t{tag}\n" for token, tag in tokens) + "\n", "utf-8")
    return path


@dataclass(frozen=True)
class SmallSet:
    """A small file of the form of sets, and what is read of it.

    Attributes:
        write: Writes it into a folder; its path.
        found: Words and label of each span, by document.
        notes: What must be said of it.
    """

    write: Callable[[Path], Path]
    found: Mapping[str, list[tuple[str, str]]]
    notes: tuple[str, ...] = ()


TOPONYMS = SmallSet(_toponyms, {"7": [("Damascus", "LOCATION")]})
DATES = SmallSet(
    timex2,
    {"01_WW": [("September 1939", "DATE"), ("1939", "DATE"), ("dawn", "DATE"), ("lately", "DATE")]},
    ("dropped by the label map: DURATION 1, SET 1", "attributes 'edtf' that no field holds: 1"),
)
SMALL_SETS = {
    "case-2021": SmallSet(_columns, {"case": [("Farmers", "ACTOR"), ("Ankara", "LOCATION")]}),
    "geowebnews": SmallSet(
        typed_toponyms,
        {"typed": [("Damascus", "LOCATION"), ("Syrian", "LOCATION"), ("Damascus", "LOCATION")]},
        ("dropped by the label map: Non_Lit_Expression 1, Non_Toponym 1",),
    ),
    "lemonade": SmallSet(events, {"UKR1": [], "UKR2": [], "UKR3": []}, ("values of an event whose places are not stated: 3",)),
    "lgl": TOPONYMS,
    "tr-news": TOPONYMS,
    "muc-4": SmallSet(
        role_fillers,
        {"TST3-MUC4-0001": [("the fmln", "ACTOR"), ("fmln", "ACTOR"), ("maria lopez", "ACTOR")]},
        ("dropped by the label map: Target 1", "the copy lacks test.json as the set states it, with the SHA-256 88dcdb26"),
    ),
    "newsquant": SmallSet(quantities, {"NewsQuant#1": [], "NewsQuant#2": [], "NewsQuant#3": []}, ("values whose places are not stated: 2",)),
    "re3d": SmallSet(
        re3d,
        {"A1": [("US forces", "ACTOR"), ("Raqqa", "LOCATION"), ("Tuesday", "DATE")], "B2": [("Raqqa", "LOCATION")]},
        ("relations: 1", "dropped by the label map: Weapon 1"),
    ),
    "recognizers-number": SmallSet(
        numbers,
        {"NumberModel#1": [("Twenty", "COUNT")], "NumberModel#2": [("two", "COUNT"), ("2.5", "COUNT")], "NumberModel#3": []},
        ("numbers whose words are not in the sentence: 1", "attributes 'min' that no field holds: 1", "spans placed where their words are found: 1"),
    ),
    "semeval-2025-10": SmallSet(
        entity_roles,
        {"EN_1": [("Russia", "ACTOR"), ("Kyiv", "ACTOR")], "EN_2": []},
        ("mentions whose words are not at their offsets: 1",),
    ),
    "tempeval-3": SmallSet(_timeml, {"a": [("Thursday", "DATE")]}, ("dropped by the label map: DURATION 1",)),
    "wikiwars": DATES,
}  # fmt: skip
"""For each set of the catalogue that can be read with its own label map."""

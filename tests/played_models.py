"""Models behind a chat endpoint, played: one follows its codebook and its text, one goes by what it knows."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar, NamedTuple

from goldspan.schema import load_actors, load_places
from tests.local_server import QuietHandler


class Meaning(NamedTuple):
    """What a label marks, and the value that every text of `TEXT` has for it before anything is changed."""

    definition: str
    pattern: str
    value: dict[str, Any]


TEXT = "Report {number}. The Hamas struck Caracas on 12 May 2024 and killed at least 40 people."
MEANINGS = {
    "ACTOR": Meaning("Who acts", r"(?<=\. )The .+?(?= struck)", {"kind": "armed_group", "id": "hamas"}),
    "LOCATION": Meaning("Where something", r"(?<=struck ).+?(?= on)", {"kind": "settlement", "id": "geonames:3646738"}),
    "DATE": Meaning("When", r"\d{1,2} May \d{4}", {"edtf": "2024-05-12"}),
    "COUNT": Meaning("How many", r"at least \d+", {"min": 40, "unit": "killed"}),
}
LINE = re.compile(r"^- (?P<name>\S+): (?P<definition>.*)$", re.MULTILINE)
EXCEPTION = re.compile(r'Exception: "(.*?)" is never marked')
KEYS = {
    "ACTOR": ("kind", "id"),
    "LOCATION": ("kind", "id", "lat", "lon", "country"),
    "DATE": ("edtf",),
    "COUNT": ("min", "max", "approx", "unit"),
}


class FollowingModel(QuietHandler):
    """Marks what the definitions ask for, under the names that the codebook gives them, with values of the text."""

    requests: ClassVar[list[dict[str, Any]]] = []

    def respond(self) -> None:
        body = json.loads(self.body())
        self.requests.append(body)
        system, user = (message["content"] for message in body["messages"])
        codebook = {line["name"]: line["definition"] for line in LINE.finditer(system)}
        text = user.partition("Text:\n")[2]
        if "Report 3." in text and "fails" in body["model"]:
            self._send(json.dumps({"choices": [{"message": {"refusal": "no"}}]}))
            return
        content = json.dumps({"spans": self.spans(codebook, text)})
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        self._send(json.dumps({"choices": [{"message": {"content": content}}], "usage": usage}))

    def spans(self, codebook: dict[str, str], text: str) -> list[dict[str, Any]]:
        spans = []
        for name, definition in codebook.items():
            label = next((label for label, known in MEANINGS.items() if definition.startswith(known.definition)), "")
            if not label:  # a line of the guidelines
                continue
            excluded = EXCEPTION.findall(definition)
            for match in re.finditer(MEANINGS[label].pattern, text):
                quote = match[0] if "starts with" in definition else match[0].removeprefix("The ")
                if quote not in excluded:
                    spans.append({"quote": quote, "label": name, "value": _read(label, quote.removeprefix("The "))})
        return spans

    def _send(self, answer: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())


class KnowingModel(FollowingModel):
    """Marks what labels of these names mean elsewhere, with the values that it remembers, whatever it is sent."""

    requests: ClassVar[list[dict[str, Any]]] = []

    def spans(self, codebook: dict[str, str], text: str) -> list[dict[str, Any]]:
        return [
            {"quote": match[0].removeprefix("The "), "label": name, "value": _value(name, MEANINGS[name].value)}
            for name in codebook
            if name in MEANINGS
            for match in re.finditer(MEANINGS[name].pattern, text)
        ]


def _read(label: str, surface: str) -> dict[str, Any]:
    if label == "ACTOR":
        actor = load_actors().find(surface)[0]
        return _value(label, {"kind": actor.kind, "id": actor.id})
    if label == "LOCATION":
        place = load_places().candidates(surface)[0]
        point = {"lat": place.lat, "lon": place.lon, "country": place.country}
        return _value(label, {"kind": place.kind, "id": place.id, **point})
    if label == "DATE":
        day, _, year = surface.split()
        return _value(label, {"edtf": f"{year}-05-{day:0>2}"})
    return _value(label, {"min": int(surface.rsplit(maxsplit=1)[-1]), "unit": "killed"})


def _value(label: str, parts: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys(KEYS[label]), **parts}

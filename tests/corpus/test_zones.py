from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus.ingest.publication_dates import parse_publication_date
from goldspan.corpus.ingest.text_zones import find_zones, publication_date

BODY = "Fighting went on for a third day around the town, and officials on both sides spoke of heavy losses. " * 2

CASES = {
    "stamp with its blank": (" date 2024-02-03 Shelling resumed.", [("stamp", " date 2024-02-03")]),
    "stamp with a word": ("Published on: 2024-02-03\n" + BODY, [("stamp", "Published on: 2024-02-03")]),
    "stamp with a written date": ("Published May 5, 2021 " + BODY, [("stamp", "Published May 5, 2021")]),
    "a written date at the start": (" 14 March 2022\n\n" + BODY, [("stamp", " 14 March 2022")]),
    "a date and a time at the start": ("Posted: 3 May 2021 10:30 GMT\n" + BODY, [("stamp", "Posted: 3 May 2021 10:30 GMT")]),
    "an ambiguous date at the start": ("05/01/2024\n\n" + BODY, [("stamp", "05/01/2024")]),
    "a sentence that begins with a date": ("May 5, 2021 was quiet. " + BODY, []),
    "tags": (BODY + "\nTags: Mali, Wagner Group, drone war", [("related", "Tags: Mali, Wagner Group, drone war")]),
    "hashtags": (BODY + "\n#Sudan #Darfur", [("related", "#Sudan #Darfur")]),
    "a sentence after a word for tags": (BODY + "\nTopic: Mali expelled the envoy.", []),
    "a date in the first sentence is no stamp": ("2024-02-031 is a number. " + BODY, []),
    "a dateline is body": ("HORLIVKA, August 6 (RIA Novosti) – " + BODY, []),
    "addresses": ("See https://example.org/a?b=c. Or www.example.org!", [("url", "https://example.org/a?b=c"), ("url", "www.example.org")]),
    "byline, section, time": (
        f"Rebels take town\nBy Amina Diallo and Jean-Paul N’Dour\nWorld\nJanuary 5, 2024 10:30 GMT\n\n{BODY}",
        [("byline", "By Amina Diallo and Jean-Paul N’Dour"), ("section", "World"), ("time", "January 5, 2024 10:30 GMT")],
    ),
    "masthead": (f"Rebels take town\nSahel Daily News\n\n{BODY}", [("byline", "Sahel Daily News")]),
    "a heading in the body is no masthead": (f"Title\n\n{BODY}\n\nThe Role of News Media\n\n{BODY}", []),
    "a day as a heading of the body is no time": (f"Title\n\n{BODY}\n\nJanuary 5, 2024\n\n{BODY}", []),
    "reporting line": (f"{BODY}\n(Reporting by A. Writer in Bamako; Editing by B. Editor)",
                       [("byline", "(Reporting by A. Writer in Bamako; Editing by B. Editor)")]),
    "credits": ("A boat burns. (AP Photo/Some Body) " + BODY, [("credit", "(AP Photo/Some Body)")]),
    "credit of an agency": ("A boat burns. JANE DOE/AFP via Getty Images", [("credit", "JANE DOE/AFP via Getty Images")]),
    "an agency in brackets is no credit": ("Moscow (Reuters) said the group (AFP reported) fled.", []),
    "notice between credits": (
        "A tank passes. (Photo by X Y / AFP) / The erroneous mention appearing in the metadata of this photo has been "
        "modified. Please remove it from your servers. X Y/AFP via Getty Images",
        [("credit", "(Photo by X Y / AFP)"),
         ("notice", "The erroneous mention appearing in the metadata of this photo has been modified. Please remove it "
                    "from your servers."),
         ("credit", "X Y/AFP via Getty Images")],
    ),
    "related": (f"{BODY}\nRead Also: Something else happened\n{BODY}\nRelated\nOne title\nAnother title\n\n{BODY}",
                [("related", "Read Also: Something else happened"), ("related", "Related\nOne title\nAnother title")]),
    "a sentence that begins like a link": ("Related attacks on Monday killed two. Watch towers burned.\n" + BODY, []),
    "disclaimer": (f"{BODY}\nThe opinions expressed in this piece are the author’s own.",
                   [("disclaimer", "The opinions expressed in this piece are the author’s own.")]),
    "opinions in the news": ("The views expressed by Moscow on the truce did not change. " + BODY, []),
    "nothing": (BODY, []),
    "empty": ("", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_zones_follow_the_form_of_a_text(name: str) -> None:
    text, expected = CASES[name]
    assert [(zone.kind, text[zone.start : zone.end]) for zone in find_zones(text)] == expected


@given(st.text(max_size=300))
def test_zones_are_in_order_apart_and_trimmed_for_any_text(text: str) -> None:
    zones = find_zones(text)
    for before, after in pairwise(zones):
        assert before.end <= after.start
    for zone in zones:
        surface = text[zone.start : zone.end]
        assert surface == (surface.rstrip() if zone.kind == "stamp" else surface.strip()) != ""


@pytest.mark.parametrize(
    "text", [" " * 10**6, "A" * 10**6, "A " * 10**5, "(" * 10**5, "http://" * 10**5, "By A" * 10**5]
)
def test_no_text_makes_the_rules_crawl(text: str) -> None:  # benchmarks/growth.py holds the time
    assert all(zone.end <= len(text) for zone in find_zones(text))


DAYS = {
    "2023-11-06": "2023-11-06",
    "2023-11-06T10:00:00Z": "2023-11-06",
    "20231106": "2023-11-06",
    "25/10/2023 22h43": "2023-10-25",
    "10/25/2023": "2023-10-25",
    "05/10/2023": None,
    "05/05/2023": "2023-05-05",
    "6 November 2023": "2023-11-06",
    "Monday, Nov. 6, 2023": "2023-11-06",
    "November 6th, 2023 at 10:30": "2023-11-06",
    "Mon, 06 Nov 2023 10:30:00 GMT": "2023-11-06",
    "2023-02-30": None,
    "yesterday": None,
    "": None,
}


@pytest.mark.parametrize("text", DAYS)
def test_a_written_day_is_read_only_where_it_can_mean_one(text: str) -> None:
    assert parse_publication_date(text) == DAYS[text]


def test_a_stamp_decides_over_a_time() -> None:
    text = f" date 2024-02-03 Title\n25/10/2023 22h43\n{BODY}"
    assert publication_date(text, find_zones(text)) == ("2024-02-03", "stamp")

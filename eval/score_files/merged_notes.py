"""Notes of merged scores: those of their files, with systems under the names that they are shown by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..publishing.published_tables import score_entries
from ..score_results import Scores
from ..statistics.compared_metrics import compared_metrics
from ..statistics.significance import Runs, notes_on_tests


def merged_notes(loaded: Sequence[Scores], names: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the notes of all scores once, those of some with their systems, and none on their own tests.

    No note has the folder of a file: it means nothing to whoever reads a leaderboard, and is nobody's business.

    Args:
        loaded: The scores.
        names: For each of these, the names that its systems and runs are shown by, by those that they have there.
    """
    kept = []
    for scores, shown in zip(loaded, names, strict=True):
        tests = list(dict.fromkeys(comparison.measure for comparison in scores.comparisons))
        groups: dict[str, Runs] = {
            entry.name: [compared_metrics(tests, run.counts, {}) for run in entry.scored]
            for entry in score_entries(scores)
        }
        stale = set(notes_on_tests(groups, tests, scores.comparisons))
        renamed = [_renamed(note, shown) for note in scores.notes if note not in stale]
        kept.append([note if _begins_with(note, shown.values()) else _without_folder(note) for note in renamed])
    everywhere = [note for note in kept[0] if all(note in notes for notes in kept)]
    others = (
        note if _begins_with(note, shown.values()) else f"{', '.join(shown.values())}: {note}"
        for shown, notes in zip(names, kept, strict=True)
        for note in notes
        if note not in everywhere
    )
    return list(dict.fromkeys((*everywhere, *others)))


def _begins_with(note: str, names: Iterable[str]) -> bool:
    return any(re.match(rf"{re.escape(name)}(: | has no | lacks )", note) for name in names)


def _renamed(note: str, names: Mapping[str, str]) -> str:
    """Return a note with other names of systems, in the places in which notes name systems."""
    if not names:
        return note
    name = f"({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"
    if note.startswith("spans without texts: "):
        places = rf"(?:(?<=: )|(?<=, )){name}(?=, |; whether)"
    elif note.startswith("scored only "):
        places = rf"(?<=\d of ){name}(?=, |$)"
    else:
        places = rf"(?:^{name}(?=: | has no | lacks ))|(?:(?<=: )|(?<=; )){name}(?= has no )"
    return re.sub(places, lambda found: names[next(filter(None, found.groups()))], note)


def _without_folder(note: str) -> str:
    """Return a note that begins with the path of a file with its name alone."""
    return re.sub(r"^(?:[A-Za-z]:)?[^:]*[/\\](?=[^/\\:]+: )", "", note)

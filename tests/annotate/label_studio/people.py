"""People at work in a project, and what they made there: what a push may not lose and a pull has to bring."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of
from goldspan.schema import Document, Scheme, Span

from .asked import Page, Person, Results, Task, fits
from .corpora import Corpus, drawn


@dataclass(frozen=True)
class Made:
    """An annotation or a draft, as somebody made it.

    Attributes:
        document: Its id.
        user: Address of the account.
        spans: As they were marked, in the text that the page showed.
        regions: The id of each span's region.
        results: As they were sent.
        words: What each span was marked on.
        skipped: The document was passed over.
        annotation: Which one a draft would change.
    """

    document: str
    user: str
    spans: tuple[Span, ...]
    regions: tuple[str, ...]
    results: Results
    words: tuple[str, ...]
    skipped: bool = False
    annotation: int | None = None

    def fitting(self, text: str) -> list[Span]:
        """The spans whose words stand in a text where they were marked."""
        marked = zip(self.spans, self.words, strict=True)
        return [span for span, words in marked if fits(words, text, span.start, span.end)]


@dataclass
class Opened:
    """A page that somebody left open."""

    person: Person
    document: str
    page: Page
    spans: tuple[Span, ...]
    """All that can be marked in the text that it shows."""


@dataclass
class People:
    """What they do is drawn; what they did is kept here by the server's numbers.

    Attributes:
        everybody: The accounts.
        ways: What they do beside submitting: `drafts`, `late pages`, `skips`, `relations`, `marking once`.
        before: Called before each thing that is done.
        annotations: By number.
        drafts: By number.
        pages: Left open.
        done: How often each thing was done.
    """

    everybody: list[Person]
    rng: random.Random
    scheme: Scheme
    ways: frozenset[str]
    before: Callable[[], None]
    annotations: dict[int, Made] = field(default_factory=dict)
    drafts: dict[int, Made] = field(default_factory=dict)
    pages: list[Opened] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    @property
    def documents(self) -> set[str]:
        """Those with work that the server knows of."""
        return {made.document for made in (*self.annotations.values(), *self.drafts.values())}

    def forget(self) -> None:
        """The project is gone, and all work with it."""
        self.annotations.clear()
        self.drafts.clear()
        self.pages.clear()

    def work(self, held: dict[str, list[Task]], corpus: Corpus) -> None:
        """A while of work: new annotations and all other ways, in any order, on documents that nobody has begun."""
        acts: list[Callable[[Opened], None]] = [self._submit] * self.rng.randint(2, 4)
        if "late pages" in self.ways:
            acts += [self._leave_open] * self.rng.randint(1, 3)
        if "drafts" in self.ways:
            acts += [self._draft] * self.rng.randint(1, 2)
        if "skips" in self.ways:
            acts += [self._skip] * self.rng.randint(1, 2)
        free = sorted(set(held) - self.documents - {opened.document for opened in self.pages})
        self.rng.shuffle(free)
        self.rng.shuffle(acts)
        for act, name in zip(acts, free, strict=False):
            for person in self._some():
                self._act(act, self._open(person, name, held[name][0], corpus))
        for number in self._chosen(self.annotations, 2):
            made = self.annotations[number]
            opened = self._open(self._person(made.user), made.document, held[made.document][0], corpus)
            self._act(lambda opened, number=number: self._update(opened, number), opened)
            if "drafts" in self.ways and self.rng.random() < 0.5:
                self._act(lambda opened, number=number: self._draft(opened, number), opened)
        for number in self._chosen(self.drafts, 1):
            made = self.drafts[number]
            opened = self._open(self._person(made.user), made.document, held[made.document][0], corpus)
            self._act(lambda opened, number=number: self._end(opened, number), opened)

    def leave_open(self, held: dict[str, list[Task]], corpus: Corpus, most: int) -> None:
        """Opens documents that nobody has begun, and leaves them so."""
        free = sorted(set(held) - self.documents - {opened.document for opened in self.pages})
        for name in self.rng.sample(free, min(len(free), most)):
            self._leave_open(self._open(self.rng.choice(self.everybody), name, held[name][0], corpus))

    def submit_late(self, most: int = 99) -> None:
        """Submits what was left open, as it was begun."""
        while self.pages and most:
            most -= 1
            self._act(self._submit, self.pages.pop(0))
            self.done["pages submitted late"] += 1

    def _act(self, act: Callable[[Opened], None], opened: Opened) -> None:
        self.before()
        act(opened)

    def _some(self) -> Iterable[Person]:
        return self.rng.sample(self.everybody, self.rng.randint(1, len(self.everybody)))

    def _person(self, email: str) -> Person:
        [found] = [person for person in self.everybody if person.email == email]
        return found

    def _chosen(self, found: dict[int, Made], most: int) -> list[int]:
        return self.rng.sample(sorted(found), min(len(found), self.rng.randint(0, most)))

    def _open(self, person: Person, name: str, task: Task, corpus: Corpus) -> Opened:
        extractor = self.rng.choice(sorted(corpus.suggestions))
        page = person.open(task.id, extractor)
        assert page.text == corpus.documents[name].text
        return Opened(person, name, page, corpus.names[name])

    def _made(self, opened: Opened, *, skipped: bool = False, annotation: int | None = None) -> Made:
        """Some of what is suggested is taken as it is, and some marked by hand."""
        document = Document(id=opened.document, text=opened.page.text, spans=())
        spans = list(drawn(self.rng, opened.spans))
        results: list[dict[str, Any]] = results_of(document, spans, self.scheme)
        for result in results:
            value = result["value"]
            suggested = (value["start"], value["end"]) in {mark[:2] for mark in opened.page.marks}
            result["origin"] = "prediction" if suggested else "manual"
        if "relations" in self.ways and len(spans) > 1:
            one, other = self.rng.sample(range(len(spans)), 2)
            relation = {"type": "relation", "from_id": f"s{one}", "to_id": f"s{other}", "direction": "right"}
            results.append({**relation, "labels": []})
            self.done["relations"] += 1
        marked = [(span, f"s{number}") for number, span in enumerate(spans)]
        if "marking once" in self.ways and opened.page.marking is not None:
            marked += self._marked_once(opened, spans, results)
            marked.sort(key=lambda item: (item[0].start, item[0].end))
        words = tuple(opened.page.text[span.start : span.end] for span, _ in marked)
        regions = tuple(region for _, region in marked)
        found = tuple(span for span, _ in marked)
        return Made(opened.document, opened.person.email, found, regions, results, words, skipped, annotation)

    def _marked_once(self, opened: Opened, spans: Sequence[Span], results: Results) -> list[tuple[Span, str]]:
        """Marks something more, and takes what the service makes of it into the results, as the page does.

        Returns:
            The spans that this adds, with the ids of their regions.
        """
        page, scheme = opened.page, self.scheme
        document = Document(id=opened.document, text=page.text, spans=())
        free = [span for span in opened.spans if span not in spans]
        if not free:
            return []
        written = Counter(page.text[span.start : span.end] for span in free)
        repeated = [span for span in free if written[page.text[span.start : span.end]] > 1]
        known = [span for span in repeated if page.text[span.start : span.end].isascii()]  # as the rules know words
        span = self.rng.choice(known or repeated or free)
        self.done["marks"] += 1
        [mark] = results_of(
            document, [replace(span, value=None)], scheme, prefix=lambda _: f"mark{self.done['marks']}-"
        )
        shown = [item for item in results if item["type"] != "relation"]
        label = mark["value"]["labels"]
        alike = {item["id"] for item in shown if item["value"].get("labels") == label}
        answer = opened.person.mark(page, [*(item for item in shown if item["id"] in alike), mark])
        if answer is None:
            self.done["marks without an answer"] += 1
        rows = {item["id"]: [part for part in answer or () if part["id"] == item["id"]] for item in answer or ()}
        rows.setdefault(mark["id"], [mark])
        words = page.text[span.start : span.end]
        taken = [(one.start, one.end) for one in (*spans, span)]
        found = []
        for region, parts in rows.items():
            [value] = [part["value"] for part in parts if part["type"] == "labels"]
            start, end = value["start"], value["end"]
            if region != mark["id"]:
                assert region not in {item["id"] for item in shown}
                assert (page.text[start:end], value["labels"]) == (words, label)
                assert not any(start < other_end and other_start < end for other_start, other_end in taken)
                self.done["marks made for people"] += 1
            else:
                assert (start, end, value["labels"]) == (span.start, span.end, label)
            decoded = spans_of(parts, page.text, scheme)
            assert not decoded.problems and not decoded.unplaced
            [one] = decoded.spans
            found.append((Span(start, end, one.label, one.value), region))
            results += [{**part, "origin": "manual"} for part in parts]
        return found

    def _submit(self, opened: Opened) -> None:
        made = self._made(opened)
        self.annotations[opened.person.submit(opened.page, made.results)] = made
        self.done["annotations"] += 1

    def _skip(self, opened: Opened) -> None:
        made = self._made(opened, skipped=True)
        self.annotations[opened.person.submit(opened.page, made.results, skip=True)] = made
        self.done["documents skipped"] += 1

    def _leave_open(self, opened: Opened) -> None:
        self.pages.append(opened)

    def _draft(self, opened: Opened, annotation: int | None = None) -> None:
        made = self._made(opened, annotation=annotation)
        self.drafts[opened.person.begin(opened.page, made.results, annotation)] = made
        self.done["drafts"] += 1

    def _update(self, opened: Opened, annotation: int) -> None:
        made = self._made(opened, skipped=self.annotations[annotation].skipped)
        opened.person.update(annotation, made.results)
        self.annotations[annotation] = made
        self.done["annotations changed"] += 1
        # with Update the changes that were kept for it are done
        self.drafts = {number: draft for number, draft in self.drafts.items() if draft.annotation != annotation}

    def _end(self, opened: Opened, draft: int) -> None:
        """Somebody comes back to a draft, goes on with it, and submits it or leaves it again."""
        annotation = self.drafts[draft].annotation
        made = self._made(opened, annotation=annotation)
        opened.person.go_on(draft, made.results)
        self.drafts[draft] = made
        if annotation is None and self.rng.random() < 0.5:
            self.annotations[opened.person.submit(opened.page, made.results, draft=draft)] = made
            del self.drafts[draft]

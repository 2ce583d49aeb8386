"""What the server itself says it holds, asked without goldspan; and people at work there, as the editor does it."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import httpx

from ...studio_server import Studio

Mark = tuple[int, int, str]
"""Start, end, label."""

Results = list[dict[str, Any]]


@dataclass(frozen=True)
class Work:
    """An annotation or a draft.

    Attributes:
        id: Its number.
        user: Address of the account.
        results: As they were sent.
        skipped: The task was passed over.
        updated: When it was last changed, by the server's clock.
        annotation: Number of the annotation that a draft would change.
    """

    id: int
    user: str
    results: Results
    skipped: bool
    updated: str
    annotation: int | None = None


@dataclass(frozen=True)
class Task:
    """A task of the server.

    Attributes:
        id: Its number.
        text: Of its data.
        suggestions: Marks of each prediction with the extractor's name, sorted.
        annotations: By number.
        drafts: By number.
    """

    id: int
    text: str
    suggestions: list[tuple[str, list[Mark]]]
    annotations: dict[int, Work]
    drafts: dict[int, Work]


class Asked:
    """A server as someone else's program sees it."""

    def __init__(self, studio: Studio) -> None:
        self._http = http(studio, studio.token)
        self._users = {user["id"]: str(user["email"]) for user in self._get("/api/users/")}

    def close(self) -> None:
        self._http.close()

    def _get(self, path: str, **params: Any) -> Any:
        answer = self._http.get(path, params=params)
        answer.raise_for_status()
        return answer.json()

    def projects(self, title: str) -> list[int]:
        """The numbers of the projects of that title."""
        found = self._get("/api/projects/", title=title, include="id,title", page_size=10_000)["results"]
        return sorted(project["id"] for project in found if project["title"] == title)

    def delete(self, title: str) -> None:
        """Removes the projects of that title."""
        for project in self.projects(title):
            # a push that is at work makes the database refuse now and then
            until = time.monotonic() + 30
            while self._http.delete(f"/api/projects/{project}/").status_code >= 500:
                assert time.monotonic() < until

    def registered(self, project: int) -> list[str]:
        """The titles of the backends that are registered in a project."""
        return [one["title"] for one in self._get("/api/ml/", project=project)]

    def extractor(self, project: int) -> str:
        """Whose suggestions a project shows."""
        return str(self._get(f"/api/projects/{project}/")["model_version"])

    def tasks(self, project: int) -> dict[str, list[Task]]:
        """All tasks of a project by the ids of their documents."""
        predictions: dict[int, list[tuple[str, list[Mark]]]] = defaultdict(list)
        for one in self._get("/api/predictions/", project=project):
            predictions[one["task"]].append((one["model_version"], marks(one["result"])))
        held: dict[str, list[Task]] = defaultdict(list)
        for item in self._get(f"/api/projects/{project}/export", exportType="JSON", download_all_tasks="true"):
            annotations = {one["id"]: self._work(one, self._users[one["completed_by"]]) for one in item["annotations"]}
            drafts = {one["id"]: self._work(one, one["user"]) for one in item["drafts"]}
            task = Task(item["id"], item["data"]["text"], sorted(predictions[item["id"]]), annotations, drafts)
            held[item["data"]["doc_id"]].append(task)
        return held

    @staticmethod
    def _work(item: dict[str, Any], user: str) -> Work:
        skipped = item.get("was_cancelled", False)
        return Work(item["id"], user, item["result"], skipped, item["updated_at"], item.get("annotation"))


def marks(results: Results) -> list[Mark]:
    """The marked spans of results."""
    found = [item["value"] for item in results if item["type"] == "labels"]
    return sorted((value["start"], value["end"], value["labels"][0]) for value in found)


@dataclass(frozen=True)
class Page:
    """A task that somebody has open.

    Attributes:
        task: Its number.
        text: As it is shown.
        prediction: Number of the suggestions that it began from, None where there are none.
        marks: Those of the suggestions.
    """

    task: int
    text: str
    prediction: int | None
    marks: list[Mark]
    marking: int | None = None
    """Number of the registration that it asks for marks, None where there is none."""


class Person:
    """An account of the server, at work."""

    def __init__(self, studio: Studio, token: str) -> None:
        self._http, self.token = http(studio, token), token
        self._seconds = 0.0
        self.email = str(self._do("GET", "/api/current-user/whoami")["email"])

    @classmethod
    def invited(cls, studio: Studio, email: str) -> Person:
        """A new account, made by the person that the owner's link was sent to."""
        with http(studio, studio.token) as owner, http(studio, "") as visitor:
            place = owner.get("/api/invite").json()["invite_url"]
            visitor.get(place)
            form = {"csrfmiddlewaretoken": visitor.cookies["csrftoken"], "email": email, "password": "long-enough-1"}
            form |= {"allow_newsletters": "false", "how_find_us": ""}
            visitor.post(place, data=form, headers={"Referer": studio.url})
            return cls(studio, visitor.get("/api/current-user/token").json()["token"])

    @property
    def name(self) -> str:
        """What stands before the @."""
        return self.email.partition("@")[0]

    def close(self) -> None:
        self._http.close()

    def open(self, task: int, extractor: str) -> Page:
        """Opens a task, with the suggestions of that extractor where it has any."""
        shown = self._do("GET", f"/api/tasks/{task}/")
        asked = self._do("GET", f"/api/ml?project={shown['project']}&is_interactive=true")
        marking = asked[0]["id"] if asked else None
        for one in shown["predictions"]:
            if one["model_version"] == extractor:
                return Page(task, shown["data"]["text"], one["id"], marks(one["result"]), marking)
        return Page(task, shown["data"]["text"], None, [], marking)

    def mark(self, page: Page, results: Results) -> Results | None:
        """What the service makes of the last of the results, all of one label; None where it does not answer."""
        path = f"/api/ml/{page.marking}/interactive-annotating"
        answer = self._do("POST", path, {"task": page.task, "context": {"result": results}})
        if "data" not in answer:
            return None
        return list(answer["data"]["result"])

    def submit(self, page: Page, results: Results, *, draft: int | None = None, skip: bool = False) -> int:
        """Submits what was done on a page, or skips its task; the annotation's number."""
        body = {"result": results, "parent_prediction": page.prediction, "was_cancelled": skip}
        return self._made(f"/api/tasks/{page.task}/annotations/", body | ({"draft_id": draft} if draft else {}))

    def update(self, annotation: int, results: Results) -> None:
        """Changes an annotation."""
        self._do("PATCH", f"/api/annotations/{annotation}/", {"result": results, "lead_time": 4.5})

    def begin(self, page: Page, results: Results, annotation: int | None = None) -> int:
        """Leaves a draft, of nothing submitted or of changes to an annotation; its number."""
        of = f"annotations/{annotation}/" if annotation else ""
        return self._made(f"/api/tasks/{page.task}/{of}drafts", {"result": results})

    def go_on(self, draft: int, results: Results) -> None:
        """Changes a draft, as an open page does every few seconds."""
        self._do("PATCH", f"/api/drafts/{draft}/", {"result": results})

    def _made(self, path: str, body: dict[str, Any]) -> int:
        """The number of what is made, once: a request that failed may have been done, which the time of work tells."""
        self._seconds += 0.125
        body["lead_time"] = self._seconds
        until = time.monotonic() + 60
        while (answer := self._http.post(path, json=body)).status_code >= 500:
            # a push that is at work makes SQLite refuse now and then; people click again
            assert time.monotonic() < until, answer.text
            for there in self._do("GET", path):
                if there["lead_time"] == self._seconds:
                    return int(there["id"])
            time.sleep(0.1)
        return int(self._good(answer)["id"])

    def _do(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        until = time.monotonic() + 60
        while (answer := self._http.request(method, path, json=body)).status_code >= 500:
            assert time.monotonic() < until, answer.text
            time.sleep(0.1)
        return self._good(answer)

    @staticmethod
    def _good(answer: httpx.Response) -> Any:
        assert answer.status_code < 300, f"{answer.request.url}: {answer.status_code}: {answer.text[:500]}"
        return answer.json()


def http(studio: Studio, token: str) -> httpx.Client:
    """Calls of a server with a token, or as a visitor."""
    headers = {"Authorization": f"Token {token}"} if token else {}
    return httpx.Client(base_url=studio.url, headers=headers, trust_env=False, timeout=60)


def fits(stated: str, text: str, start: int, end: int) -> bool:
    """Whether a text has the words that somebody marked at that place, white space aside."""
    there = text[start:end]
    return bool(there.strip()) and end <= len(text) and re.sub(r"\s+", " ", there) == re.sub(r"\s+", " ", stated)

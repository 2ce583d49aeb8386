"""A person at Label Studio's page: what an annotator does with mouse and keys, done in a real browser.

Positions are asked of the page, so that a selection is a drag of the mouse as a hand would make it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .studio_server import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page


_TEXT = ".goldspan-text .lsf-htx-richtext"
_ENTRY = ".ant-select-tree-treenode:not([aria-hidden=true])"
_PLACE = """([wanted, which]) => {
  const root = document.querySelector('.goldspan-text .lsf-htx-richtext');
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = []; let text = '';
  while (walk.nextNode()) { nodes.push([walk.currentNode, text.length]); text += walk.currentNode.data; }
  let at = -1;
  for (let turn = 0; turn <= which; turn++) at = text.indexOf(wanted, at + 1);
  if (at < 0) return null;
  const find = (offset, isEnd) => {
    const held = nodes.filter(([node, start]) => isEnd ? start < offset : start <= offset && offset < start + node.length);
    const [node, start] = held[held.length - 1];
    return [node, offset - start];
  };
  const range = document.createRange();
  range.setStart(...find(at, false)); range.setEnd(...find(at + wanted.length, true));
  range.startContainer.parentElement.scrollIntoView({block: 'center'});
  const rects = [...range.getClientRects()].filter(rect => rect.width > 0);
  const first = rects[0], last = rects[rects.length - 1];
  return {left: first.left, top: (first.top + first.bottom) / 2, right: last.right, bottom: (last.top + last.bottom) / 2};
}"""


class Annotator:
    """Someone with a page of the server open.

    Attributes:
        page: The browser's.
        pictures: Folder of the pictures that she takes.
    """

    def __init__(self, page: Page, studio: Studio, pictures: Path) -> None:
        self.page = page
        self.pictures = pictures
        self._studio = studio
        page.set_default_timeout(20_000)
        page.set_viewport_size({"width": 1440, "height": 900})

    def log_in(self) -> None:
        held = self._studio.credentials
        self.page.goto(f"{self._studio.url}/user/login/")
        self.page.fill("input[name=email]", held["username"])
        self.page.fill("input[name=password]", held["password"])
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda url: "/user/login" not in url)

    def label_all(self, project: int, *, marked: bool = True) -> None:
        """Opens the project and begins with its first task, which has marks unless said otherwise."""
        self.page.goto(f"{self._studio.url}/projects/{project}/data")
        self.page.locator("button:has-text('Label All Tasks')").click()
        self.wait(marked=marked)

    def wait(self, *, marked: bool = True) -> None:
        """Until the text of a task shows, with its highlights."""
        self.page.wait_for_selector(f"{_TEXT} .htx-highlight" if marked else _TEXT)
        self.page.wait_for_selector("[aria-label=submit], button:has-text('Submit')")
        self.page.wait_for_timeout(400)

    def submit_and_go_on(self) -> None:
        """Submits, and waits until the next task shows, which loads no page anew."""
        before = self.title()
        self.submit()
        self.page.wait_for_function(
            "before => ![undefined, before].includes(document.querySelector('.goldspan-head')?.innerText)", arg=before
        )

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def title(self) -> str:
        return self.page.locator(".goldspan-head").inner_text()

    def marked(self) -> list[tuple[str, str]]:
        """What shows as marked: label and words, in the order of the text; marks over several lines are joined."""
        found: list[list[str]] = self.page.evaluate(
            """() => { const regions = new Map();
            for (const part of document.querySelectorAll('.goldspan-text .htx-highlight')) {
              const id = [...part.classList].find(name => /^htx-highlight-/.test(name));
              const held = regions.get(id) || ['', ''];
              if (part.dataset.label) held[0] = part.dataset.label.split(':').pop();
              held[1] += part.textContent; regions.set(id, held);
            } return [...regions.values()]; }"""
        )
        return [(label, words) for label, words in found]

    def mark(self, words: str, key: str, *, which: int = 0, more: int = 0) -> None:
        """Chooses a label by its key, and drags the mouse over the words; `more` are marked with them."""
        before = len(self.marked())
        self.leave()
        self.choose(key)
        self.drag(words, which=which)
        for _ in range(100 if more else 1):
            if len(self.marked()) == before + 1 + more:
                break
            self.page.wait_for_timeout(50)
        assert len(self.marked()) == before + 1 + more, f"{words!r} was not marked"
        self.select(words, which=which)

    def drag(self, words: str, *, which: int = 0) -> None:
        """Drags the mouse over the words."""
        place = self.place(words, which)
        mouse = self.page.mouse
        mouse.move(place["left"] + 0.6, place["top"])
        mouse.down()
        mouse.move((place["left"] + place["right"]) / 2, (place["top"] + place["bottom"]) / 2, steps=4)
        mouse.move(place["right"] - 0.4, place["bottom"], steps=4)
        mouse.up()
        self.settle()

    def select(self, words: str, *, which: int = 0) -> None:
        """Clicks a marked span."""
        self.leave()
        place = self.place(words, which)
        self.page.mouse.click(place["left"] + 4, place["top"])
        self.settle()

    def drag_end(self, words: str, to: str) -> None:
        """Moves the end of a marked span to the end of other words."""
        self.select(words)
        handle = self.page.locator(f"{_TEXT} .__resize_right").last.bounding_box()
        assert handle is not None
        place = self.place(to, 0)
        mouse = self.page.mouse
        mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        mouse.down()
        mouse.move(place["right"] - 6, place["bottom"], steps=6)
        mouse.move(place["right"] - 0.4, place["bottom"], steps=3)
        mouse.up()
        self.settle()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.settle()

    def choose(self, key: str) -> None:
        """Presses the key of a label or choice."""
        self.press(f"Alt+{key}")

    def leave(self) -> None:
        """Takes the selection of a span back."""
        self.press("Escape")

    def write(self, field: str, words: str) -> None:
        """Writes into a field, in place of what stands there."""
        self.into(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)
        self.page.locator(".goldspan-head").click()  # leaving the field is enough, no Enter
        self.settle()

    def into(self, field: str) -> None:
        """Clicks into a field; where something stands in it, on its pencil."""
        shown = self.page.locator(f".goldspan-side :is(input, textarea)[name='{field}']:visible")
        if shown.count():
            shown.click()
            return
        held = self.page.locator(f".goldspan-side [data-testid=textarea-region]:has([name^='{field}:']):visible")
        held.hover()
        held.locator("[data-testid=htx-textbox-edit-button]").click()

    def fields(self) -> set[str]:
        """The names of the fields that show."""
        names: list[str] = self.page.evaluate(
            """() => [...document.querySelectorAll('.goldspan-side :is(input, textarea, [id^=TextAreaRegion])')]
            .filter(field => field.offsetParent && (field.name || field.getAttribute('name'))).map(field => (field.name || field.getAttribute('name')).split(':')[0])"""
        )
        return set(names)

    def chosen(self) -> set[str]:
        """The choices that are ticked and show."""
        return {
            str(box.get_attribute("name")) for box in self.page.locator(".goldspan-side input:checked:visible").all()
        }

    def tick(self, choice: str) -> None:
        self.page.locator(f".goldspan-side input[name='{choice}']:visible").click()
        self.settle()

    def pick_offered(self, text: str) -> None:
        """Ticks one of what is offered for the document."""
        self.page.locator(f".goldspan-here .lsf-choice:visible:has-text('{text}')").first.click()
        self.settle()

    def search(self, words: str) -> list[str]:
        """Opens the list beside a field and searches it; answers what shows, which stays open."""
        self.page.locator(".goldspan-side .htx-taxonomy:visible").click()
        field = self.page.locator("[data-testid=taxonomy-search]:visible")
        field.fill(words)
        self.page.wait_for_timeout(500)  # the list waits for further keys
        return self.page.locator(f"{_ENTRY}:visible").all_inner_texts()

    def pick_found(self, number: int) -> None:
        """Ticks one of what a search found, and closes the list."""
        self.page.locator(f"{_ENTRY}:visible .ant-select-tree-checkbox").nth(number).click()
        self.page.locator(".goldspan-head").click()
        self.settle()

    def submit(self) -> dict[str, Any]:
        """Submits; answers what the page sent."""
        return self._send("[aria-label=submit], button:has-text('Submit')")

    def skip(self) -> dict[str, Any]:
        return self._send("[aria-label=skip], button:has-text('Skip')")

    def _send(self, button: str) -> dict[str, Any]:
        self.leave()
        with self.page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as sent:
            self.page.locator(button).first.click()
        assert sent.value.status == 201
        self.page.wait_for_timeout(800)
        return dict(sent.value.request.post_data_json)

    def place(self, words: str, which: int) -> dict[str, float]:
        """Where words stand on the page, scrolled into view: left, top, right and bottom, in pixels."""
        place: dict[str, float] | None = self.page.evaluate(_PLACE, [words, which])
        assert place is not None, f"{words!r} does not stand in the text"
        return place

    def settle(self) -> None:
        """Gives the page time to do what it was told."""
        self.page.wait_for_timeout(150)


def pictures_folder(default: Path) -> Path:
    """Where pictures are kept: the folder that GOLDSPAN_ARTEFACTS names, else the given one."""
    folder = Path(os.environ.get("GOLDSPAN_ARTEFACTS") or default)
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"use strict";
// Tables that readers sort by a heading: figures by their value, the highest first, other cells as text.
(() => {
  const FIGURE = /^[-+]?\d+(\.\d+)?(\*|\s|$)/;
  const isUndefined = (text) => text === "" || text === "-";

  function sort(table, column, isFalling) {
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
    const isOfFigures = [...texts.values()].every((text) => isUndefined(text) || FIGURE.test(text));
    const key = (row) => (isOfFigures ? parseFloat(texts.get(row)) : texts.get(row));
    rows.sort((a, b) => {
      const [noA, noB] = [a, b].map((row) => isUndefined(texts.get(row)));
      if (noA || noB) return noA - noB; // what is undefined comes last
      const order = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
      return isFalling(isOfFigures) ? -order : order;
    });
    table.tBodies[0].append(...rows);
    return isFalling(isOfFigures);
  }

  function prepare(table) {
    const heads = [...table.tHead.rows[0].cells];
    const marks = heads.map((head, column) => {
      const button = document.createElement("button");
      const mark = document.createElement("span");
      button.type = "button";
      button.append(...head.childNodes, mark);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const before = head.getAttribute("aria-sort");
        const falls = sort(table, column, (isOfFigures) => (before === "none" ? isOfFigures : before === "ascending"));
        heads.forEach((other, place) => {
          other.setAttribute("aria-sort", other !== head ? "none" : falls ? "descending" : "ascending");
          marks[place].textContent = other !== head ? "" : falls ? " ▼" : " ▲";
        });
      });
      return mark;
    });
  }

  document.querySelectorAll("table.sortable").forEach(prepare);
})();

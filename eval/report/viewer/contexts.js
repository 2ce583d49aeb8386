"use strict";
// Occurrences in their contexts, which readers filter and sort.
(() => {
  const at = (name) => document.getElementById(name);
  const body = document.querySelector("table.contexts tbody");
  const part = (row, name) => row.querySelector(`[data-part=${name}]`).textContent;
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...body.rows].map((row, place) => ({
    row,
    place,
    text: row.textContent.toLowerCase(),
    labels: [...row.cells[4].querySelectorAll("bdi")].map((label) => label.textContent),
    left: words(part(row, "before")).reverse().join(" "), // the nearest word first
    right: words(part(row, "after")).join(" "),
    span: part(row, "surface").toLowerCase(),
  }));

  function fits({ text, labels }) {
    const label = at("label").value;
    const labelled = label === "" || (label === "-" ? labels.length === 0 : labels.includes(label));
    return labelled && text.includes(at("find").value.trim().toLowerCase());
  }

  function show() {
    const shown = rows.filter(fits);
    const key = at("sort").value;
    if (key) shown.sort((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : a.place - b.place));
    body.replaceChildren(...shown.map(({ row }) => row));
    at("count").textContent = `${shown.length} of ${rows.length} shown`;
  }

  at("tools").hidden = false;
  at("tools").addEventListener("input", show);
  at("tools").addEventListener("submit", (event) => event.preventDefault());
  show();
})();

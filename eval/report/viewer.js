"use strict";
(() => {
  // The index is parsed now, a chunk of documents only when one of them is shown.
  const byId = (id) => document.getElementById(id);
  const index = JSON.parse(byId("index").textContent);
  const SIGNS = ["−", "+", "↔", "≠", "↔≠", "~"];
  const SLICE = 200;
  const chunks = new Map();
  const state = {
    pair: 0, kinds: new Set(index.kinds.keys()), label: -1, // selected pair, classes of differences, and label
    rows: [], position: -1, rendered: 0, // listed documents, position of the open one, number of rendered list items
    marks: [], mark: -1, // numbers of the differences in the open document, and the current one
    initialized: false,
  };

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const load = (row) => {
    if (!chunks.has(row[3])) {
      if (chunks.size > 8) chunks.delete(chunks.keys().next().value);
      chunks.set(row[3], JSON.parse(byId(`chunk-${row[3]}`).textContent));
    }
    return chunks.get(row[3])[row[4]];
  };

  const counts = (row) => row[6][state.pair];
  const differenceCount = (row) => counts(row).reduce((sum, n, kind) => sum + (state.kinds.has(kind) ? n : 0), 0);
  const f1 = (row) => {
    const [left, right] = index.pairs[state.pair].map((layer) => row[5][layer]);
    const [missed, , boundary, label, boundaryAndLabel] = counts(row);
    const matched = left - missed - boundary - label - boundaryAndLabel;
    return left + right ? (2 * matched) / (left + right) : null; // undefined, as in the scores
  };

  const format = (value, digits) => (value === null ? "-" : value.toFixed(digits));

  // ---- the list of documents

  function updateList() {
    const query = byId("find").value.trim().toLowerCase();
    const only = byId("only").checked;
    const rows = index.documents.filter((row) => index.pairs[state.pair].every((layer) => row[5][layer] !== null) && // read by both
      (!query || `${row[0]} ${row[1]} ${row[2]}`.toLowerCase().includes(query)) && (!only || differenceCount(row)));
    const sort = byId("sort").value;
    if (sort === "most") rows.sort((a, b) => differenceCount(b) - differenceCount(a));
    if (sort === "score") rows.sort((a, b) => (f1(a) ?? 2) - (f1(b) ?? 2));
    if (sort === "id") rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
    const current = state.rows[state.position];
    state.rows = rows;
    state.rendered = 0;
    byId("list").replaceChildren();
    renderMore();
    const position = rows.indexOf(current);
    if (rows.length) openDocument(position < 0 ? 0 : position);
    else closeDocument();
  }

  function renderMore(minimum = 0) {
    const end = Math.min(state.rows.length, Math.max(state.rendered + SLICE, minimum));
    const options = state.rows.slice(state.rendered, end).map((row, i) => {
      const count = differenceCount(row);
      const option = make("div", { id: `option-${state.rendered + i}`, title: row[0] },
        make("b", {}, row[1] || row[0]),
        make("small", {}, `${count} ${count === 1 ? "difference" : "differences"} · F1 ${format(f1(row), 2)}${row[2] ? ` · ${row[2]}` : ""}`));
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.position = state.rendered + i;
      return option;
    });
    byId("list").append(...options);
    state.rendered = end;
  }

  function closeDocument() {
    state.position = -1;
    state.marks = [];
    byId("name").textContent = "No document";
    byId("facts").textContent = "No documents match the filters above.";
    byId("text").replaceChildren();
    byId("detail").replaceChildren();
  }

  function openDocument(position) {
    if (position < 0 || position >= state.rows.length) return;
    if (position >= state.rendered) renderMore(position + 1);
    byId(`option-${state.position}`)?.setAttribute("aria-selected", "false");
    state.position = position;
    const option = byId(`option-${position}`);
    option.setAttribute("aria-selected", "true");
    scrollIntoBox(byId("list"), option);
    byId("list").setAttribute("aria-activedescendant", option.id);
    renderDocument();
    if (state.initialized) saveLocation();
  }

  // Scrolls only the box, not the page around it.
  function scrollIntoBox(box, item) {
    const top = item.offsetTop - box.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + item.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + item.offsetHeight - box.clientHeight;
  }

  // ---- one document

  function renderDocument() {
    const row = state.rows[state.position];
    if (!row) return;
    const item = load(row);
    const sides = index.pairs[state.pair];
    byId("name").textContent = row[1] || row[0];
    const summary = counts(row).map((n, kind) => (n ? `${n} ${index.kinds[kind][1]}` : "")).filter(Boolean).join(", ");
    byId("facts").textContent = [row[1] ? row[0] : "", row[2], summary || "no differences", `F1 ${format(f1(row), 3)}`].filter(Boolean).join(" · ");
    byId("left").textContent = index.layers[sides[0]];
    byId("right").textContent = index.layers[sides[1]];
    const differences = item.pairs[state.pair];
    const layers = sides.map((layer, side) => visibleSpans(item.layers[layer], differences, side));
    const text = byId("text");
    text.replaceChildren(...(item.text === null ? renderOffsets(layers) : renderLines(item, layers)));
    text.scrollTop = 0;
    state.marks = differences.map((difference, number) => [number, text.querySelector(`[data-difference="${number}"]`)])
      .filter(([, mark]) => mark).map(([number]) => number);
    state.mark = -1;
    byId("detail").replaceChildren();
  }

  // The spans of a layer, each with the difference that it is part of if that class is shown.
  function visibleSpans(layer, differences, side) {
    const numbers = new Map();
    differences.forEach((difference, number) => difference[1 + side] >= 0 && numbers.set(difference[1 + side], number));
    return layer.map(([start, end, label, value, note], i) => {
      const number = numbers.get(i);
      const kind = number === undefined ? -1 : differences[number][0];
      const shown = kind >= 0 && state.kinds.has(kind);
      return { start, end, label, value, note, index: i, number: shown ? number : -1, kind: shown ? kind : -1 };
    }).filter((span) => state.label < 0 || span.label === state.label);
  }

  function renderLines(item, layers) {
    // offsets count code points, which equal string indices if all characters fit into 16 bits
    const points = Array.from(item.text);
    const is16Bit = points.length === item.text.length;
    const slice = (start, end) => (is16Bit ? item.text.slice(start, end) : points.slice(start, end).join(""));
    const inZone = (start, end) => item.zones.some(([from, to]) => from <= start && end <= to);
    const sorted = layers.map((layer) => [...layer].sort((a, b) => a.start - b.start || b.end - a.end));
    const next = [0, 0]; // index of the next span of each side
    const open = [[], []]; // spans of each side that reach into the line
    const rows = [];
    let start = 0;
    while (start <= points.length) {
      let end = start;
      while (end < points.length && points[end] !== "\n") end += 1;
      const cells = sorted.map((layer, side) => {
        while (next[side] < layer.length && layer[next[side]].start <= end) open[side].push(layer[next[side]++]);
        open[side] = open[side].filter((span) => span.end > start);
        const cell = make("div", {}, ...renderSegments(start, end, open[side], slice, side));
        if (end > start && inZone(start, end)) cell.className = "zone";
        return cell;
      });
      rows.push(make("div", { className: "row" }, ...cells));
      start = end + 1;
    }
    return rows;
  }

  function renderSegments(start, end, spans, slice, side) {
    // the newline is shown only if a span starts or ends at it
    const stop = spans.some((span) => span.start === end || span.end === end + 1) ? end + 1 : end;
    const cuts = new Set([start, stop]);
    for (const span of spans) for (const cut of [span.start, span.end]) if (cut > start && cut < stop) cuts.add(cut);
    const offsets = [...cuts].sort((a, b) => a - b);
    const parts = [];
    for (let i = 0; i + 1 < offsets.length; i += 1) {
      const [from, to] = [offsets[i], offsets[i + 1]];
      const covering = spans.filter((span) => span.start < to && span.end > from);
      if (!covering.length) { parts.push(slice(from, to)); continue; }
      covering.sort((a, b) => (a.kind >= 0 ? 0 : 1) - (b.kind >= 0 ? 0 : 1) || a.end - a.start - (b.end - b.start));
      parts.push(renderMark(slice(from, to).replace("\n", "⏎"), covering[0], side, covering.filter((span) => span.end === to)));
    }
    return parts;
  }

  function renderMark(content, span, side, ending) {
    const mark = make("mark", {}, content);
    if (ending.length) mark.dataset.tag = ending.map((s) => index.labels[s.label] + (s.kind >= 0 ? ` ${SIGNS[s.kind]}` : "")).join(" ");
    mark.dataset.side = side;
    mark.dataset.index = span.index;
    if (span.kind >= 0) {
      mark.className = `kind kind-${span.kind}`;
      mark.dataset.difference = span.number;
      mark.tabIndex = -1;
      mark.setAttribute("aria-label", `${content}: ${index.labels[span.label]}, ${index.kinds[span.kind][1]}`);
    }
    return mark;
  }

  function renderOffsets(layers) {
    const rows = [make("p", {}, "This document has no text, so spans are shown by their offsets.")];
    const all = layers.flatMap((layer, side) => layer.map((span) => [span, side])).sort((a, b) => a[0].start - b[0].start);
    for (const [span, side] of all) {
      const cells = [make("div"), make("div")];
      cells[side].append(renderMark(`[${span.start}, ${span.end})`, span, side, [span]));
      rows.push(make("div", { className: "row" }, ...cells));
    }
    return rows;
  }

  // ---- one difference or span

  function showDetail(number, side, spanIndex) {
    const item = load(state.rows[state.position]);
    const sides = index.pairs[state.pair];
    const difference = number >= 0 ? item.pairs[state.pair][number] : null;
    const points = item.text === null ? null : Array.from(item.text);
    const describe = (layer, i) => {
      if (i < 0) return "none";
      const [start, end, label, value, note] = item.layers[layer][i];
      const surface = points ? `“${points.slice(start, end).join("")}” ` : "";
      return `${surface}[${start}, ${end}) ${index.labels[label]}: ${value}${note ? ` (${note})` : ""}`;
    };
    const list = make("dl");
    const addRow = (name, text) => list.append(make("dt", {}, name), make("dd", {}, text));
    if (difference) {
      addRow("difference", `${SIGNS[difference[0]]} ${index.kinds[difference[0]][1]}`);
      sides.forEach((layer, i) => addRow(index.layers[layer], describe(layer, difference[1 + i])));
    } else addRow(index.layers[sides[side]], describe(sides[side], spanIndex));
    byId("detail").replaceChildren(list);
  }

  function moveToDifference(step) {
    if (!state.marks.length) return;
    state.mark = (state.mark + step + state.marks.length) % state.marks.length;
    selectDifference(state.marks[state.mark]);
  }

  function selectDifference(number) {
    const text = byId("text");
    text.querySelectorAll("mark.current").forEach((mark) => mark.classList.remove("current"));
    const marks = text.querySelectorAll(`[data-difference="${number}"]`);
    marks.forEach((mark) => mark.classList.add("current"));
    if (marks.length) {
      const box = text.getBoundingClientRect();
      text.scrollTop += marks[0].getBoundingClientRect().top - box.top - box.height / 3;
      byId("viewer").scrollIntoView({ block: "nearest", behavior: "instant" });
      marks[0].focus({ preventScroll: true });
    }
    showDetail(number);
  }

  // ---- the open document in the URL

  function saveLocation() {
    const row = state.rows[state.position];
    history.replaceState(null, "", `#doc=${encodeURIComponent(row[0])}&pair=${state.pair}`);
  }

  function restoreLocation() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    const pair = Number(parameters.get("pair"));
    if (parameters.has("doc") && Number.isInteger(pair) && pair >= 0 && pair < index.pairs.length) {
      state.pair = pair;
      byId("pair").value = pair;
    }
    return parameters.get("doc");
  }

  // ---- controls

  function update() {
    updateTotals();
    updateList();
  }

  function updateTotals() {
    const sums = index.kinds.map(() => 0);
    for (const row of index.documents) counts(row).forEach((n, kind) => { sums[kind] += n; });
    byId("kinds").querySelectorAll("output").forEach((output, kind) => { output.textContent = sums[kind]; });
  }

  function toggleKind(kind) {
    const box = byId(`kind-${kind}`);
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change"));
  }

  index.kinds.forEach(([, title], kind) => {
    const box = make("input", { type: "checkbox", id: `kind-${kind}`, checked: true });
    box.addEventListener("change", () => {
      if (box.checked) state.kinds.add(kind); else state.kinds.delete(kind);
      updateList();
    });
    byId("kinds").append(make("label", {}, box, make("span", { className: `swatch kind-${kind}` }, SIGNS[kind]), ` ${title} `, make("output")));
  });
  index.pairs.forEach(([a, b], i) => byId("pair").append(make("option", { value: i }, `${index.layers[a]} | ${index.layers[b]}`)));
  byId("label").append(make("option", { value: -1 }, "all"), ...index.labels.map((label, i) => make("option", { value: i }, label)));
  byId("pair").addEventListener("change", (event) => { state.pair = Number(event.target.value); update(); });
  byId("label").addEventListener("change", (event) => { state.label = Number(event.target.value); renderDocument(); });
  for (const id of ["sort", "only"]) byId(id).addEventListener("change", updateList);
  byId("find").addEventListener("input", updateList);
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("list").addEventListener("scroll", (event) => {
    const box = event.target;
    if (state.rendered < state.rows.length && box.scrollTop + box.clientHeight > box.scrollHeight - 600) renderMore();
  });
  byId("list").addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) openDocument(Number(option.dataset.position));
  });
  byId("text").addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (!mark) return;
    if (mark.dataset.difference !== undefined) {
      state.mark = state.marks.indexOf(Number(mark.dataset.difference));
      selectDifference(Number(mark.dataset.difference));
    } else showDetail(-1, Number(mark.dataset.side), Number(mark.dataset.index));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search], select");
    if (typing) { if (event.key === "Escape") event.target.blur(); return; }
    const inList = event.target === byId("list");
    const keys = {
      j: () => openDocument(state.position + 1), k: () => openDocument(state.position - 1),
      n: () => moveToDifference(1), p: () => moveToDifference(-1),
      s: () => { byId("pair").value = (state.pair + 1) % index.pairs.length; byId("pair").dispatchEvent(new Event("change")); },
      "/": () => byId("find").focus(),
      ...(inList ? {
        ArrowDown: () => openDocument(state.position + 1), ArrowUp: () => openDocument(state.position - 1),
        Home: () => openDocument(0), End: () => openDocument(state.rows.length - 1),
      } : {}),
    };
    const action = keys[event.key] ?? (/^[1-6]$/.test(event.key) ? () => toggleKind(Number(event.key) - 1) : null);
    if (action) { event.preventDefault(); action(); }
  });

  // Opens the document in the URL or else the first one; the URL changes only when another document is opened.
  function initialize() {
    const id = restoreLocation();
    const position = index.documents.findIndex((row) => row[0] === id);
    state.rows = index.documents;
    state.position = position;
    update();
    if (position >= 0) byId("documents").scrollIntoView({ behavior: "instant" });
  }

  if (!index.documents.length) return;
  byId("viewer").hidden = false;
  initialize();
  state.initialized = true;
  window.addEventListener("hashchange", () => {
    if (!new URLSearchParams(location.hash.slice(1)).has("doc")) return;
    byId("find").value = "";
    byId("only").checked = false;
    initialize();
  });
})();

"use strict";
(() => {
  // The index is read now; a chunk of documents when one of them is looked at.
  const byId = (id) => document.getElementById(id);
  const index = JSON.parse(byId("index").textContent);
  const SIGNS = ["−", "+", "↔", "≠", "↔≠", "~"];
  const SLICE = 200;
  const chunks = new Map();
  const state = { pair: 0, kinds: new Set(index.kinds.keys()), label: -1, shown: [], at: -1, drawn: 0, marks: [], mark: -1, opened: false };

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const loaded = (row) => {
    if (!chunks.has(row[3])) {
      if (chunks.size > 8) chunks.delete(chunks.keys().next().value);
      chunks.set(row[3], JSON.parse(byId(`chunk-${row[3]}`).textContent));
    }
    return chunks.get(row[3])[row[4]];
  };

  const counts = (row) => row[6][state.pair];
  const differing = (row) => counts(row).reduce((sum, n, kind) => sum + (state.kinds.has(kind) ? n : 0), 0);
  const f1 = (row) => {
    const [left, right] = index.pairs[state.pair].map((layer) => row[5][layer]);
    const found = counts(row);
    const matched = left - found[0] - found[2] - found[3] - found[4];
    return left + right ? (2 * matched) / (left + right) : null; // undefined, as in the scores
  };

  const figure = (value, digits) => (value === null ? "-" : value.toFixed(digits));

  // ---- the list of documents

  function list() {
    const query = byId("find").value.trim().toLowerCase();
    const only = byId("only").checked;
    const rows = index.documents.filter((row) => index.pairs[state.pair].every((layer) => row[5][layer] !== null) && // read by both
      (!query || `${row[0]} ${row[1]} ${row[2]}`.toLowerCase().includes(query)) && (!only || differing(row)));
    const sort = byId("sort").value;
    if (sort === "most") rows.sort((a, b) => differing(b) - differing(a));
    if (sort === "score") rows.sort((a, b) => (f1(a) ?? 2) - (f1(b) ?? 2));
    if (sort === "id") rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
    const before = state.shown[state.at];
    state.shown = rows;
    state.drawn = 0;
    byId("list").replaceChildren();
    more();
    const place = rows.indexOf(before);
    if (rows.length) open(place < 0 ? 0 : place);
    else empty();
  }

  function more(least = 0) {
    const end = Math.min(state.shown.length, Math.max(state.drawn + SLICE, least));
    const fresh = state.shown.slice(state.drawn, end).map((row, i) => {
      const number = differing(row);
      const option = make("div", { id: `option-${state.drawn + i}`, title: row[0] },
        make("b", {}, row[1] || row[0]),
        make("small", {}, `${number} ${number === 1 ? "difference" : "differences"} · F1 ${figure(f1(row), 2)}${row[2] ? ` · ${row[2]}` : ""}`));
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.place = state.drawn + i;
      return option;
    });
    byId("list").append(...fresh);
    state.drawn = end;
  }

  function empty() {
    state.at = -1;
    state.marks = [];
    byId("name").textContent = "no document";
    byId("facts").textContent = "Nothing answers to what is chosen above.";
    byId("text").replaceChildren();
    byId("detail").replaceChildren();
  }

  function open(place) {
    if (place < 0 || place >= state.shown.length) return;
    if (place >= state.drawn) more(place + 1);
    byId(`option-${state.at}`)?.setAttribute("aria-selected", "false");
    state.at = place;
    const option = byId(`option-${place}`);
    option.setAttribute("aria-selected", "true");
    reveal(byId("list"), option);
    byId("list").setAttribute("aria-activedescendant", option.id);
    draw();
    if (state.opened) remember();
  }

  // Scrolls a box alone, never the page around it.
  function reveal(box, item) {
    const top = item.offsetTop - box.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + item.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + item.offsetHeight - box.clientHeight;
  }

  // ---- one document

  function draw() {
    const row = state.shown[state.at];
    if (!row) return;
    const item = loaded(row);
    const sides = index.pairs[state.pair];
    byId("name").textContent = row[1] || row[0];
    const told = counts(row).map((n, kind) => (n ? `${n} ${index.kinds[kind][1]}` : "")).filter(Boolean).join(", ");
    byId("facts").textContent = [row[1] ? row[0] : "", row[2], told || "no difference", `F1 ${figure(f1(row), 3)}`].filter(Boolean).join(" · ");
    byId("left").textContent = index.layers[sides[0]];
    byId("right").textContent = index.layers[sides[1]];
    const found = item.pairs[state.pair];
    const layers = sides.map((layer, side) => spans(item.layers[layer], found, side));
    const text = byId("text");
    text.replaceChildren(...(item.text === null ? bare(layers) : lines(item, layers)));
    text.scrollTop = 0;
    state.marks = found.map((difference, number) => [number, text.querySelector(`[data-difference="${number}"]`)])
      .filter(([, mark]) => mark).map(([number]) => number);
    state.mark = -1;
    byId("detail").replaceChildren();
  }

  // A layer's spans with the difference that each is part of, if that is to be shown.
  function spans(layer, found, side) {
    const of = new Map();
    found.forEach((difference, number) => difference[1 + side] >= 0 && of.set(difference[1 + side], number));
    return layer.map(([start, end, label, value, note], i) => {
      const number = of.get(i);
      const kind = number === undefined ? -1 : found[number][0];
      const shown = kind >= 0 && state.kinds.has(kind);
      return { start, end, label, value, note, place: i, number: shown ? number : -1, kind: shown ? kind : -1 };
    }).filter((span) => state.label < 0 || span.label === state.label);
  }

  function lines(item, layers) {
    // offsets count code points; where the text has none beyond 16 bits its own indices are the same
    const points = Array.from(item.text);
    const plain = points.length === item.text.length;
    const slice = (start, end) => (plain ? item.text.slice(start, end) : points.slice(start, end).join(""));
    const zone = (start, end) => item.zones.some(([from, to]) => from <= start && end <= to);
    const sorted = layers.map((layer) => [...layer].sort((a, b) => a.start - b.start || b.end - a.end));
    const next = [0, 0];
    const open = [[], []];
    const rows = [];
    let start = 0;
    while (start <= points.length) {
      let end = start;
      while (end < points.length && points[end] !== "\n") end += 1;
      const cells = sorted.map((layer, side) => {
        while (next[side] < layer.length && layer[next[side]].start <= end) open[side].push(layer[next[side]++]);
        open[side] = open[side].filter((span) => span.end > start);
        const cell = make("div", {}, ...segments(start, end, open[side], slice, side));
        if (end > start && zone(start, end)) cell.className = "zone";
        return cell;
      });
      rows.push(make("div", { className: "row" }, ...cells));
      start = end + 1;
    }
    return rows;
  }

  function segments(start, end, spans, slice, side) {
    // the end of the line is shown only where a span begins or ends at it
    const stop = spans.some((span) => span.start === end || span.end === end + 1) ? end + 1 : end;
    const cuts = new Set([start, stop]);
    for (const span of spans) for (const cut of [span.start, span.end]) if (cut > start && cut < stop) cuts.add(cut);
    const places = [...cuts].sort((a, b) => a - b);
    const parts = [];
    for (let i = 0; i + 1 < places.length; i += 1) {
      const [from, to] = [places[i], places[i + 1]];
      const over = spans.filter((span) => span.start < to && span.end > from);
      if (!over.length) { parts.push(slice(from, to)); continue; }
      over.sort((a, b) => (a.kind >= 0 ? 0 : 1) - (b.kind >= 0 ? 0 : 1) || a.end - a.start - (b.end - b.start));
      parts.push(marked(slice(from, to).replace("\n", "⏎"), over[0], side, over.filter((span) => span.end === to)));
    }
    return parts;
  }

  function marked(content, span, side, ending) {
    const mark = make("mark", {}, content);
    if (ending.length) mark.dataset.tag = ending.map((s) => index.labels[s.label] + (s.kind >= 0 ? ` ${SIGNS[s.kind]}` : "")).join(" ");
    mark.dataset.side = side;
    mark.dataset.place = span.place;
    if (span.kind >= 0) {
      mark.className = `kind kind-${span.kind}`;
      mark.dataset.difference = span.number;
      mark.tabIndex = -1;
      mark.setAttribute("aria-label", `${content}: ${index.labels[span.label]}, ${index.kinds[span.kind][1]}`);
    }
    return mark;
  }

  function bare(layers) {
    const rows = [make("p", {}, "This document is text-free: its spans are told by their places.")];
    const all = layers.flatMap((layer, side) => layer.map((span) => [span, side])).sort((a, b) => a[0].start - b[0].start);
    for (const [span, side] of all) {
      const cells = [make("div"), make("div")];
      cells[side].append(marked(`[${span.start}, ${span.end})`, span, side, [span]));
      rows.push(make("div", { className: "row" }, ...cells));
    }
    return rows;
  }

  // ---- one difference, or one span

  function detail(number, side, place) {
    const item = loaded(state.shown[state.at]);
    const sides = index.pairs[state.pair];
    const difference = number >= 0 ? item.pairs[state.pair][number] : null;
    const points = item.text === null ? null : Array.from(item.text);
    const told = (layer, at) => {
      if (at < 0) return "nothing";
      const [start, end, label, value, note] = item.layers[layer][at];
      const surface = points ? `“${points.slice(start, end).join("")}” ` : "";
      return `${surface}[${start}, ${end}) ${index.labels[label]}: ${value}${note ? ` (${note})` : ""}`;
    };
    const list = make("dl");
    const line = (name, text) => list.append(make("dt", {}, name), make("dd", {}, text));
    if (difference) {
      line("difference", `${SIGNS[difference[0]]} ${index.kinds[difference[0]][1]}`);
      sides.forEach((layer, i) => line(index.layers[layer], told(layer, difference[1 + i])));
    } else line(index.layers[sides[side]], told(sides[side], place));
    byId("detail").replaceChildren(list);
  }

  function go(step) {
    if (!state.marks.length) return;
    state.mark = (state.mark + step + state.marks.length) % state.marks.length;
    choose(state.marks[state.mark]);
  }

  function choose(number) {
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
    detail(number);
  }

  // ---- the address remembers what is looked at

  function remember() {
    const row = state.shown[state.at];
    history.replaceState(null, "", `#doc=${encodeURIComponent(row[0])}&pair=${state.pair}`);
  }

  function recall() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const pair = Number(asked.get("pair"));
    if (asked.has("doc") && Number.isInteger(pair) && pair >= 0 && pair < index.pairs.length) {
      state.pair = pair;
      byId("pair").value = pair;
    }
    return asked.get("doc");
  }

  // ---- controls

  function redraw() {
    totals();
    list();
  }

  function totals() {
    const sums = index.kinds.map(() => 0);
    for (const row of index.documents) counts(row).forEach((n, kind) => { sums[kind] += n; });
    byId("kinds").querySelectorAll("output").forEach((output, kind) => { output.textContent = sums[kind]; });
  }

  function toggle(kind) {
    const box = byId(`kind-${kind}`);
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change"));
  }

  index.kinds.forEach(([, title], kind) => {
    const box = make("input", { type: "checkbox", id: `kind-${kind}`, checked: true });
    box.addEventListener("change", () => {
      if (box.checked) state.kinds.add(kind); else state.kinds.delete(kind);
      list();
    });
    byId("kinds").append(make("label", {}, box, make("span", { className: `swatch kind-${kind}` }, SIGNS[kind]), ` ${title} `, make("output")));
  });
  index.pairs.forEach(([a, b], i) => byId("pair").append(make("option", { value: i }, `${index.layers[a]} | ${index.layers[b]}`)));
  byId("label").append(make("option", { value: -1 }, "all"), ...index.labels.map((label, i) => make("option", { value: i }, label)));
  byId("pair").addEventListener("change", (event) => { state.pair = Number(event.target.value); redraw(); });
  byId("label").addEventListener("change", (event) => { state.label = Number(event.target.value); draw(); });
  for (const id of ["sort", "only"]) byId(id).addEventListener("change", list);
  byId("find").addEventListener("input", list);
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("list").addEventListener("scroll", (event) => {
    const box = event.target;
    if (state.drawn < state.shown.length && box.scrollTop + box.clientHeight > box.scrollHeight - 600) more();
  });
  byId("list").addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) open(Number(option.dataset.place));
  });
  byId("text").addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (!mark) return;
    if (mark.dataset.difference !== undefined) {
      state.mark = state.marks.indexOf(Number(mark.dataset.difference));
      choose(Number(mark.dataset.difference));
    } else detail(-1, Number(mark.dataset.side), Number(mark.dataset.place));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input[type=search], select");
    if (typing) { if (event.key === "Escape") event.target.blur(); return; }
    const inList = event.target === byId("list");
    const keys = {
      j: () => open(state.at + 1), k: () => open(state.at - 1), n: () => go(1), p: () => go(-1),
      s: () => { byId("pair").value = (state.pair + 1) % index.pairs.length; byId("pair").dispatchEvent(new Event("change")); },
      "/": () => byId("find").focus(),
      ...(inList ? { ArrowDown: () => open(state.at + 1), ArrowUp: () => open(state.at - 1), Home: () => open(0), End: () => open(state.shown.length - 1) } : {}),
    };
    const act = keys[event.key] ?? (/^[1-6]$/.test(event.key) ? () => toggle(Number(event.key) - 1) : null);
    if (act) { event.preventDefault(); act(); }
  });

  // Opens the document that the address names, else the first; the address itself stays until someone goes on.
  function enter() {
    const asked = recall();
    const first = index.documents.findIndex((row) => row[0] === asked);
    state.shown = index.documents;
    state.at = first;
    redraw();
    if (first >= 0) byId("documents").scrollIntoView({ behavior: "instant" });
  }

  if (!index.documents.length) return;
  byId("viewer").hidden = false;
  enter();
  state.opened = true;
  window.addEventListener("hashchange", () => {
    if (!new URLSearchParams(location.hash.slice(1)).has("doc")) return;
    byId("find").value = "";
    byId("only").checked = false;
    enter();
  });
})();

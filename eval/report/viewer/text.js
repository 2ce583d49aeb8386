"use strict";
// The open document: its text in a column for each layer, line beside line, with the spans marked.
(() => {
  const { byId, counts, f1, format, index, isolate, make, SIGNS, state } = report;

  report.renderDocument = () => {
    const row = state.rows[state.position];
    if (!row) return;
    const summary = counts(row).map((n, kind) => (n ? `${n} ${index.kinds[kind][1]}` : "")).filter(Boolean).join(", ");
    const facts = [row[1] ? isolate(row[0]) : "", row[2], summary || "no differences", `F1 ${format(f1(row), 3)}`];
    byId("name").textContent = row[1] || row[0];
    byId("facts").textContent = facts.filter(Boolean).join(" · ");
    byId("detail").replaceChildren();
    state.item = report.load(row);
    if (state.item === null) {
      byId("text").replaceChildren(make("p", {}, "Reading the page …"));
      setTimeout(() => { if (state.rows[state.position] === row && state.item === null) report.renderDocument(); }, 50);
      return;
    }
    state.columns = columns();
    for (const box of [byId("heads"), byId("text")]) box.style.setProperty("--columns", state.columns.length);
    byId("heads").replaceChildren(...state.columns.map(({ layer, spans }) =>
      make("h4", {}, index.layers[layer], spans ? "" : " (has not read this document)")));
    const text = byId("text");
    text.replaceChildren(...(state.item.text === null ? renderOffsets() : renderLines()));
    text.scrollTop = 0;
    report.findStops();
    report.selectBounds(state.selected);
  };

  // The left layer, and the right layer of each shown pair; colours on the left are those of the first pair.
  function columns() {
    const [left] = index.pairs[state.pair];
    const all = [[left, state.pair, 0], ...report.shownPairs().map((pair) => [index.pairs[pair][1], pair, 1])];
    return all.map(([layer, pair, side]) => ({ layer, pair, side, spans: visibleSpans(layer, pair, side) }));
  }

  // The spans of a layer, each with the difference that it is part of if that class is shown.
  function visibleSpans(layer, pair, side) {
    if (state.item.layers[layer] === null) return null;
    const differences = state.item.pairs[pair];
    const numbers = new Map();
    differences.forEach((difference, number) => difference[1 + side] >= 0 && numbers.set(difference[1 + side], number));
    return state.item.layers[layer].map(([start, end, label, value, note], i) => {
      const number = numbers.get(i);
      const kind = number === undefined ? -1 : differences[number][0];
      const shown = kind >= 0 && state.kinds.has(kind);
      return { start, end, label, value, note, index: i, number: shown ? number : -1, kind: shown ? kind : -1 };
    }).filter((span) => state.label < 0 || span.label === state.label);
  }

  function renderLines() {
    const { text, zones } = state.item;
    // offsets count code points, which equal string indices if all characters fit into 16 bits
    const points = Array.from(text);
    const is16Bit = points.length === text.length;
    const slice = (start, end) => (is16Bit ? text.slice(start, end) : points.slice(start, end).join(""));
    const inZone = (start, end) => zones.some(([from, to]) => from <= start && end <= to);
    const inOrder = (a, b) => a.start - b.start || b.end - a.end;
    const sorted = state.columns.map(({ spans }) => [...spans ?? []].sort(inOrder));
    const next = sorted.map(() => 0); // index of the next span of each column
    const open = sorted.map(() => []); // spans of each column that reach into the line
    const rows = [];
    let start = 0;
    while (start <= points.length) {
      let end = start;
      while (end < points.length && points[end] !== "\n") end += 1;
      const cells = sorted.map((layer, side) => {
        while (next[side] < layer.length && layer[next[side]].start <= end) open[side].push(layer[next[side]++]);
        open[side] = open[side].filter((span) => span.end > start);
        const cell = make("div", { dir: "auto" }, ...renderSegments(start, end, open[side], slice, side));
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
      const ending = covering.filter((span) => span.end === to);
      parts.push(renderMark(slice(from, to).replace("\n", "⏎"), [from, to], covering[0], side, ending));
    }
    return parts;
  }

  function renderMark(content, [from, to], span, side, ending) {
    const mark = make("mark", { tabIndex: -1 }, content);
    const tag = (s) => isolate(index.labels[s.label]) + (s.kind >= 0 ? ` ${SIGNS[s.kind]}` : "");
    if (ending.length) mark.dataset.tag = ending.map(tag).join(" ");
    Object.assign(mark.dataset, { side, index: span.index, from, to });
    const kind = span.kind >= 0 ? `, ${index.kinds[span.kind][1]}` : "";
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-label", `${isolate(content)}: ${isolate(index.labels[span.label])}${kind}`);
    if (kind) mark.className = `kind kind-${span.kind}`;
    return mark;
  }

  function renderOffsets() {
    const rows = [make("p", {}, "This document has no text, so spans are shown by their offsets.")];
    const all = state.columns.flatMap(({ spans }, side) => (spans ?? []).map((span) => [span, side]));
    for (const [span, side] of all.sort((a, b) => a[0].start - b[0].start)) {
      const cells = state.columns.map(() => make("div"));
      cells[side].append(renderMark(`[${span.start}, ${span.end})`, [span.start, span.end], span, side, [span]));
      rows.push(make("div", { className: "row" }, ...cells));
    }
    return rows;
  }
})();

"use strict";
// One difference or span of the open document: moved to by key, button, click or address, and described below the text.
(() => {
  const { byId, index, isolate, make, SIGNS, state } = report;

  // A stop is a difference of the first pair, or a span of a column: where it is, and what it consists of.
  report.findStops = () => {
    const differences = state.item.pairs[state.pair];
    const byNumber = new Map();
    const spans = [];
    state.columns.forEach((column, side) => (column.spans ?? []).forEach((span) => {
      const part = { ...span, side };
      spans.push({ start: span.start, end: span.end, pair: column.pair, number: span.number, parts: [part] });
      if (side > 1 || span.number < 0) return;
      const stop = byNumber.get(span.number) ?? { pair: state.pair, number: span.number, parts: [] };
      stop.parts.push(part);
      byNumber.set(span.number, stop);
    }));
    for (const stop of byNumber.values()) [stop.start, stop.end] = [stop.parts[0].start, stop.parts[0].end];
    const inOrder = (a, b) => a.start - b.start || a.end - b.end || a.parts[0].side - b.parts[0].side;
    state.differences = differences.map((_, number) => byNumber.get(number)).filter(Boolean).sort(inOrder);
    state.spans = spans.sort(inOrder);
    state.difference = state.span = -1;
  };

  report.moveToDifference = (step) => move("differences", "difference", step);
  report.moveToSpan = (step) => move("spans", "span", step);

  function move(list, current, step) {
    const stops = state[list];
    if (!stops.length) return;
    const from = state[current] < 0 && step < 0 ? 0 : state[current];
    state[current] = (from + step + stops.length) % stops.length;
    select(stops[state[current]]);
  }

  // Selects what the address names: a difference with these bounds, else a span.
  report.selectBounds = (bounds) => {
    if (!bounds) return;
    const [start, end] = bounds;
    const has = (part) => part.start === start && part.end === end;
    state.difference = state.differences.findIndex((stop) => stop.parts.some(has));
    state.span = state.spans.findIndex(has);
    const stop = state.differences[state.difference] ?? state.spans[state.span];
    if (stop) select(stop, { bounds, focus: false });
    else {
      state.selected = null;
      report.tellLost([...state.lost, `span ${bounds.join("-")}`]);
    }
  };

  function select(stop, { bounds = [stop.start, stop.end], focus = true } = {}) {
    const text = byId("text");
    const parts = stop.number >= 0 && stop.pair !== state.pair ? withGold(stop) : stop.parts;
    const marks = [...text.querySelectorAll("mark")].filter((mark) => {
      const [side, from, to] = [mark.dataset.side, mark.dataset.from, mark.dataset.to].map(Number);
      const isCurrent = parts.some((part) => part.side === side && part.start <= from && to <= part.end);
      mark.classList.toggle("current", isCurrent);
      return isCurrent;
    });
    if (marks.length) {
      const box = text.getBoundingClientRect();
      text.scrollTop += marks[0].getBoundingClientRect().top - box.top - box.height / 3;
      if (focus) {
        byId("viewer").scrollIntoView({ block: "nearest", behavior: "instant" });
        marks[0].focus({ preventScroll: true });
      }
    }
    state.selected = bounds;
    if (state.initialized) report.saveLocation();
    describe(stop);
  }

  // A difference of a pair shown beside the first one has its left span in the first column.
  function withGold(stop) {
    const left = state.item.pairs[stop.pair][stop.number][1];
    const span = left < 0 ? null : state.item.layers[index.pairs[stop.pair][0]][left];
    return span ? [{ start: span[0], end: span[1], side: 0 }, ...stop.parts] : stop.parts;
  }

  function describe(stop) {
    const points = state.item.text === null ? null : Array.from(state.item.text);
    const words = (layer, i) => {
      if (i < 0) return "none";
      const [start, end, label, value, note] = state.item.layers[layer][i];
      const surface = points ? `“${isolate(points.slice(start, end).join(""))}” ` : "";
      const told = note ? ` (${isolate(note)})` : "";
      return `${surface}[${start}, ${end}) ${isolate(index.labels[label])}: ${isolate(value)}${told}`;
    };
    const list = make("dl");
    const addRow = (name, text, pages = []) => {
      const links = pages.flatMap((page) => [" ", make("a", { href: page, target: "_blank", rel: "noreferrer" }, page)]);
      list.append(make("dt", {}, name), make("dd", {}, text, ...links));
    };
    const pages = (layer, i) => (i < 0 ? [] : state.item.layers[layer][i][5] ?? []); // on what the value names
    const layers = index.pairs[stop.pair];
    if (stop.number >= 0) {
      const difference = state.item.pairs[stop.pair][stop.number];
      addRow("difference", `${SIGNS[difference[0]]} ${index.kinds[difference[0]][1]}`);
      layers.forEach((layer, i) => addRow(index.layers[layer], words(layer, difference[1 + i]), pages(layer, difference[1 + i])));
    } else {
      const [{ side, index: i }] = stop.parts;
      const { layer } = state.columns[side];
      addRow(index.layers[layer], words(layer, i), pages(layer, i));
    }
    addRow("link", make("a", { href: report.address() }, "this span in this page"));
    byId("detail").replaceChildren(list);
  }

  byId("text").addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (!mark) return;
    const [side, number] = [Number(mark.dataset.side), Number(mark.dataset.index)];
    const isIt = (part) => part.side === side && part.index === number;
    state.difference = state.differences.findIndex((stop) => stop.parts.some(isIt));
    state.span = state.spans.findIndex((stop) => isIt(stop.parts[0]));
    select(state.differences[state.difference] ?? state.spans[state.span]);
  });
})();

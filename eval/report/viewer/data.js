"use strict";
// What the scripts of the page share: the index, which is parsed now, and the documents, whose chunks are parsed when
// one of them is shown. All chunks but the first follow the scripts, so a text is shown before the whole page is read.
const report = {};
(() => {
  const MAX_PARSED = 8; // chunks kept at once
  const parsed = new Map();

  report.byId = (id) => document.getElementById(id);
  report.index = JSON.parse(report.byId("index").textContent);
  const { byId, index } = report;

  report.SIGNS = ["−", "+", "↔", "≠", "↔≠", "~"];

  report.state = {
    pair: 0, beside: new Set(), // the pair that is compared, and pairs of the same left layer that are shown beside it
    kinds: new Set(index.kinds.keys()), label: -1, // classes of differences and label that are shown
    rows: [], position: -1, rendered: 0, // listed documents, position of the open one, number of rendered list items
    columns: [], differences: [], spans: [], // of the open document: its columns, and where to stop in it
    difference: -1, span: -1, selected: null, // the current stops, and the bounds of what is selected
    wanted: null, lost: [], // bounds in the address, and what it names that this page does not have
    item: null, initialized: false,
  };

  report.make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const NONE = index.kinds.map(() => 0);
  report.counts = (row, pair = report.state.pair) => row[6][pair] || NONE; // 0 stands for no differences
  report.isRead = (row, pair = report.state.pair) => index.pairs[pair].every((layer) => row[5][layer] !== null);
  report.differenceCount = (row) =>
    report.counts(row).reduce((sum, n, kind) => sum + (report.state.kinds.has(kind) ? n : 0), 0);

  report.f1 = (row, pair = report.state.pair) => {
    const [left, right] = index.pairs[pair].map((layer) => row[5][layer]);
    const [missed, , boundary, label, boundaryAndLabel] = report.counts(row, pair);
    const matched = left - missed - boundary - label - boundaryAndLabel;
    return left + right ? (2 * matched) / (left + right) : null; // undefined, as in the scores
  };

  // A name or words in a line of others: what runs from right to left moves nothing around it.
  report.isolate = (words) => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(words) ? `\u2068${words}\u2069` : words);
  report.format = (value, digits) => (value === null ? "-" : value.toFixed(digits));
  report.pairName = (pair) => index.pairs[pair].map((layer) => report.isolate(index.layers[layer])).join(" | ");
  report.shownPairs = () => [report.state.pair, ...report.state.beside];

  // The document of a row, or null while the browser still reads the page up to it.
  report.load = (row) => {
    const number = row[3];
    if (!parsed.has(number)) {
      const chunk = byId(`chunk-${number}`);
      const isWhole = chunk && (chunk.nextElementSibling || document.readyState !== "loading");
      if (!isWhole) return null;
      if (parsed.size > MAX_PARSED) parsed.delete(parsed.keys().next().value);
      parsed.set(number, JSON.parse(chunk.textContent));
    }
    return parsed.get(number)[row[4]];
  };
})();

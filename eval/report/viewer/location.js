"use strict";
// The address: which document, layers and span are shown, by their names, so that a link leads to the same place in
// every report that has them, as in #doc=d17&right=rules&span=120-127.
(() => {
  const { byId, index, state } = report;
  const FIRST = index.layers[0];

  // Address of a document as it may be shown, or of what is shown in the open one.
  report.address = (row = null) => {
    if (row) return `#doc=${encodeURIComponent(row[0])}`;
    const [left, right] = index.pairs[state.pair].map((layer) => index.layers[layer]);
    const parts = [["doc", state.rows[state.position][0]]];
    if (left !== FIRST) parts.push(["left", left]);
    parts.push(["right", right], ...[...state.beside].map((pair) => ["right", index.layers[index.pairs[pair][1]]]));
    if (state.selected) parts.push(["span", state.selected.join("-")]);
    return `#${parts.map(([name, text]) => `${name}=${encodeURIComponent(text)}`).join("&")}`;
  };

  report.saveLocation = () => {
    if (state.position >= 0 && location.hash !== report.address()) history.replaceState(null, "", report.address());
  };

  // Reads the address; returns the document it names, and what it names that this page does not have.
  report.readLocation = () => {
    const parameters = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    const id = parameters.get("doc");
    const lost = [];
    if (id === null) return { position: -1, lost };
    const left = parameters.get("left") ?? FIRST;
    const pairs = parameters.getAll("right").map((right) => {
      const pair = index.pairs.findIndex(([a, b]) => index.layers[a] === left && index.layers[b] === right);
      if (pair < 0) lost.push(`${left} | ${right}`);
      return pair;
    }).filter((pair) => pair >= 0);
    const numbered = Number(parameters.get("pair") ?? NaN); // as older reports write it
    if (!pairs.length && index.pairs[numbered]) pairs.push(numbered);
    const position = index.documents.findIndex((row) => row[0] === id && row[3] >= 0);
    const row = index.documents[position];
    const reading = row ? index.pairs.findIndex((_, pair) => report.isRead(row, pair)) : -1;
    if (!pairs.length && reading >= 0 && !report.isRead(row)) pairs.push(reading);
    if (pairs.length) [state.pair, state.beside] = [pairs[0], new Set(pairs.slice(1))];
    const bounds = /^(\d+)-(\d+)$/.exec(parameters.get("span") ?? "");
    if (position < 0 || !report.isRead(row)) lost.push(`document ${id}`);
    return { position, lost, bounds: bounds ? [Number(bounds[1]), Number(bounds[2])] : null };
  };

  report.tellLost = (lost) => {
    state.lost = lost;
    byId("lost").hidden = !lost.length;
    byId("lost").textContent = lost.length ? `The address names what this page does not have: ${lost.join(", ")}.` : "";
  };
})();

"use strict";
// The controls above the documents, the keys, and the opening of the page.
(() => {
  const { byId, index, make, SIGNS, state } = report;
  if (!index.documents.some((row) => row[3] >= 0)) return;

  function update() {
    const sums = index.kinds.map(() => 0);
    for (const row of index.documents) report.counts(row).forEach((n, kind) => { sums[kind] += n; });
    byId("kinds").querySelectorAll("output").forEach((output, kind) => { output.textContent = sums[kind]; });
    updateBeside();
    report.updateList();
  }

  // Pairs of the same left layer can be shown beside the first one: all other systems, where the left layer is gold.
  function updateBeside() {
    const [left] = index.pairs[state.pair];
    const others = [...index.pairs.keys()].filter((pair) => pair !== state.pair && index.pairs[pair][0] === left);
    state.beside = new Set([...state.beside].filter((pair) => others.includes(pair)));
    byId("pair").value = state.pair;
    byId("beside").hidden = !others.length;
    byId("beside-list").replaceChildren(...others.map((pair) => {
      const box = make("input", { type: "checkbox", checked: state.beside.has(pair) });
      box.addEventListener("change", () => {
        if (box.checked) state.beside.add(pair); else state.beside.delete(pair);
        tellBeside(others.length);
        report.renderDocument();
        report.saveLocation();
      });
      return make("label", {}, box, ` ${index.layers[index.pairs[pair][1]]}`);
    }));
    tellBeside(others.length);
  }

  const tellBeside = (all) => { byId("beside-count").textContent = `${state.beside.size} of ${all}`; };

  const choosePair = (pair) => { state.pair = pair; update(); };

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
      report.updateList();
    });
    const sign = make("span", { className: `swatch kind-${kind}` }, SIGNS[kind]);
    byId("kinds").append(make("label", {}, box, sign, ` ${title} `, make("output")));
  });
  byId("pair").append(...index.pairs.map((_, pair) => make("option", { value: pair }, report.pairName(pair))));
  byId("label").append(...["all", ...index.labels].map((label, i) => make("option", { value: i - 1 }, label)));
  byId("pair").addEventListener("change", (event) => choosePair(Number(event.target.value)));
  byId("label").addEventListener("change", (event) => {
    state.label = Number(event.target.value);
    report.renderDocument();
  });
  for (const id of ["sort", "only"]) byId(id).addEventListener("change", report.updateList);
  byId("find").addEventListener("input", report.updateList);
  byId("tools").addEventListener("submit", (event) => event.preventDefault());

  const actions = {
    j: () => report.openDocument(state.position + 1), k: () => report.openDocument(state.position - 1),
    n: () => report.moveToDifference(1), p: () => report.moveToDifference(-1),
    N: () => report.moveToSpan(1), P: () => report.moveToSpan(-1),
    s: () => choosePair((state.pair + 1) % index.pairs.length),
    "/": () => { byId("filters").open = true; byId("find").focus(); },
  };
  const inList = {
    ArrowDown: actions.j, ArrowUp: actions.k,
    Home: () => report.openDocument(0), End: () => report.openDocument(state.rows.length - 1),
  };
  for (const button of document.querySelectorAll("#moves button")) {
    // focus stays on the button, so that it can be pressed again
    button.addEventListener("click", () => { actions[button.dataset.key](); button.focus({ preventScroll: true }); });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input[type=search], select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.target.matches("mark") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      event.target.click();
      return;
    }
    const kind = /^[1-6]$/.test(event.key) ? () => toggleKind(Number(event.key) - 1) : undefined;
    const action = (event.target === byId("list") ? inList[event.key] : undefined) ??
      (byId("shortcuts").checked ? actions[event.key] ?? kind : undefined);
    if (action) { event.preventDefault(); action(); }
  });

  // Opens what the address names, or else the first document; the address changes only when something else is shown.
  function initialize() {
    const { position, lost, bounds } = report.readLocation();
    report.tellLost(lost);
    [state.rows, state.position, state.wanted] = [index.documents, position, position < 0 ? null : bounds];
    update();
    if (position >= 0) byId("documents").scrollIntoView({ behavior: "instant" });
  }

  byId("filters").open = matchMedia("(min-width: 60rem)").matches; // on narrow screens the text comes first
  byId("viewer").hidden = false;
  initialize();
  state.initialized = true;
  report.updateTable?.();
  window.addEventListener("hashchange", () => {
    if (!new URLSearchParams(location.hash.slice(1)).has("doc")) return;
    state.initialized = false;
    byId("find").value = "";
    byId("only").checked = false;
    initialize();
    state.initialized = true;
    byId("text").focus({ preventScroll: true });
  });
})();

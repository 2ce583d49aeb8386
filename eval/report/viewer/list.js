"use strict";
// The list of documents: filtered, sorted, and rendered as far as it is scrolled.
(() => {
  const { byId, counts, differenceCount, f1, format, index, make, state } = report;
  const SLICE = 200;

  report.updateList = () => {
    const query = byId("find").value.trim().toLowerCase();
    const only = byId("only").checked;
    const rows = index.documents.filter((row) => row[3] >= 0 && report.isRead(row) && (!only || differenceCount(row)) &&
      (!query || `${row[0]} ${row[1]} ${row[2]}`.toLowerCase().includes(query)));
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
    if (rows.length) report.openDocument(position < 0 ? 0 : position);
    else closeDocument();
  };

  function renderMore(minimum = 0) {
    const end = Math.min(state.rows.length, Math.max(state.rendered + SLICE, minimum));
    const options = state.rows.slice(state.rendered, end).map((row, i) => {
      const count = differenceCount(row);
      const facts = `${count} ${count === 1 ? "difference" : "differences"} · F1 ${format(f1(row), 2)}`;
      const option = make("div", { id: `option-${state.rendered + i}`, title: row[0] },
        make("b", {}, row[1] || row[0]), make("small", {}, row[2] ? `${facts} · ${row[2]}` : facts));
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.setAttribute("aria-setsize", state.rows.length);
      option.setAttribute("aria-posinset", state.rendered + i + 1);
      option.dataset.position = state.rendered + i;
      return option;
    });
    byId("list").append(...options);
    state.rendered = end;
  }

  function closeDocument() {
    Object.assign(state, { position: -1, item: null, columns: [], differences: [], spans: [], selected: null });
    byId("name").textContent = "No document";
    byId("facts").textContent = "No documents match the filters above.";
    byId("list").removeAttribute("aria-activedescendant");
    for (const id of ["heads", "text", "detail"]) byId(id).replaceChildren();
  }

  report.openDocument = (position) => {
    if (position < 0 || position >= state.rows.length) return;
    if (position >= state.rendered) renderMore(position + 1);
    byId(`option-${state.position}`)?.setAttribute("aria-selected", "false");
    state.position = position;
    const option = byId(`option-${position}`);
    option.setAttribute("aria-selected", "true");
    scrollIntoBox(byId("list"), option);
    byId("list").setAttribute("aria-activedescendant", option.id);
    [state.selected, state.wanted] = [state.wanted, null];
    if (state.initialized) report.tellLost([]);
    report.renderDocument();
    if (state.initialized) report.saveLocation();
  };

  // Scrolls only the box, not the page around it.
  function scrollIntoBox(box, item) {
    const top = item.offsetTop - box.offsetTop;
    const bottom = top + item.offsetHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }

  byId("list").addEventListener("scroll", (event) => {
    const box = event.target;
    const isNearEnd = box.scrollTop + box.clientHeight > box.scrollHeight - 600;
    if (state.rendered < state.rows.length && isNearEnd) renderMore();
  });
  byId("list").addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) report.openDocument(Number(option.dataset.position));
  });
})();

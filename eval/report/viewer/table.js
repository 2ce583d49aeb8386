"use strict";
// The figures of each document for all systems at once: a table to sort, rendered as far as it is scrolled.
(() => {
  const { byId, counts, f1, format, index, isolate, make } = report;
  const table = byId("by-document");
  if (!table || !index.documents.length) return;
  const SLICE = 100;
  const isShared = index.pairs.every(([left]) => left === index.pairs[0][0]); // as gold is by all systems
  const order = { column: -1, falling: false };
  let rows = index.documents;
  let rendered = 0;

  const total = (row, pair) => counts(row, pair).reduce((sum, n) => sum + n, 0);
  const figures = [
    ["strict F1", f1, 3], ["all differences", total, 0],
    ...index.kinds.map(([, title], kind) => [title, (row, pair) => counts(row, pair)[kind], 0]),
  ];
  const figure = () => figures[Number(byId("figure").value)];
  const value = (row, pair) => (report.isRead(row, pair) ? figure()[1](row, pair) : null);

  const columns = [
    ["document", (row) => row[1] || row[0]], ["published", (row) => row[2]],
    ...(isShared ? [[`spans in ${index.layers[index.pairs[0][0]]}`, (row) => row[5][index.pairs[0][0]]]] : []),
    ...index.pairs.map(([, right], pair) =>
      [isShared ? index.layers[right] : report.pairName(pair), (row) => value(row, pair)]),
  ];
  const firstFigure = columns.length - index.pairs.length;

  function update() {
    rows = [...index.documents];
    if (order.column >= 0) {
      const key = columns[order.column][1];
      const keys = new Map(rows.map((row) => [row, key(row)]));
      const sign = order.falling ? -1 : 1;
      rows.sort((a, b) => compare(keys.get(a), keys.get(b), sign));
    }
    table.tHead.replaceChildren(make("tr", {}, ...columns.map(header)));
    table.tBodies[0].replaceChildren();
    rendered = 0;
    renderMore();
  }

  function compare(a, b, sign) {
    const [noA, noB] = [a, b].map((x) => x === null || x === "");
    if (noA || noB) return noA - noB; // what is undefined comes last
    return a < b ? -sign : a > b ? sign : 0;
  }

  function header([name], column) {
    const direction = order.column === column ? (order.falling ? "descending" : "ascending") : "none";
    const button = make("button", { type: "button" }, name,
      make("span", { className: "order" }, { ascending: " ▲", descending: " ▼", none: "" }[direction]));
    button.addEventListener("click", () => {
      order.falling = order.column === column ? !order.falling : false;
      order.column = column;
      update();
      table.tHead.rows[0].cells[column].firstChild.focus();
    });
    const cell = make("th", { scope: "col" }, button);
    cell.setAttribute("aria-sort", direction);
    return cell;
  }

  function renderMore() {
    const digits = figure()[2];
    const more = rows.slice(rendered, rendered + SLICE).map((row, i) => {
      const title = row[1] ? [isolate(row[1]), make("small", {}, ` ${isolate(row[0])}`)] : [row[0]];
      const name = row[3] < 0 ? make("span", { title: "its text is not in this page" }, ...title)
        : make("a", { href: report.address(row) }, ...title);
      const cells = columns.slice(1).map(([, key], column) => {
        const found = key(row);
        return make("td", {}, column + 1 >= firstFigure ? format(found, digits) : String(found ?? "-") || "-");
      });
      const element = make("tr", {}, make("th", { scope: "row" }, name), ...cells);
      element.setAttribute("aria-rowindex", rendered + i + 2);
      return element;
    });
    table.tBodies[0].append(...more);
    rendered += more.length;
  }

  figures.forEach(([name], i) => byId("figure").append(make("option", { value: i }, name)));
  byId("figure").addEventListener("change", update);
  table.parentElement.addEventListener("scroll", (event) => {
    const box = event.target;
    while (rendered < rows.length && box.scrollTop + box.clientHeight > box.scrollHeight - 600) renderMore();
  });
  table.setAttribute("aria-rowcount", rows.length + 1);
  byId("by-document-tools").hidden = table.parentElement.hidden = false;
  report.updateTable = update;
})();

import { el, type Child } from "./dom";

export interface Column<Row> {
  header: string;
  /** Aligned right, figures of one width. */
  numeric?: boolean;
  cell(row: Row): Child;
}

/**
 * A table that becomes a list of cards where there is no room for columns. The roles are written out, since a table that
 * CSS lays out as blocks loses them in some browsers.
 */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): HTMLElement {
  const head = el(
    "tr",
    { role: "row" },
    ...columns.map((column) =>
      el("th", { role: "columnheader", scope: "col", class: column.numeric ? "numeric" : "text" }, column.header),
    ),
  );
  const body = rows.map((row) =>
    el(
      "tr",
      { role: "row" },
      ...columns.map((column, at) => {
        const attributes = { class: column.numeric ? "numeric" : "text", "data-label": column.header };
        return at === 0
          ? el("th", { ...attributes, role: "rowheader", scope: "row" }, column.cell(row))
          : el("td", { ...attributes, role: "cell" }, el("span", {}, column.cell(row)));
      }),
    ),
  );
  return el(
    "table",
    { role: "table" },
    el("caption", {}, caption),
    el("thead", { role: "rowgroup" }, head),
    el("tbody", { role: "rowgroup" }, ...body),
  );
}

/** A table of few short figures, which keeps its columns on a telephone. */
export function matrix<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): HTMLElement {
  const whole = table(caption, columns, rows);
  whole.classList.add("matrix");
  return whole;
}

/** Longer tables of details are left out on paper: nobody turns ten pages of them. */
const kMostRowsOnPaper = 30;

function folded(caption: string, rows: number, content: HTMLElement): HTMLElement {
  const long = rows > kMostRowsOnPaper;
  return el(
    "div",
    {},
    el("details", long ? { class: "screen-only" } : {}, el("summary", {}, caption), content),
    long ? el("p", { class: "paper-only note" }, `${caption}: ${rows} rows, on the page and in its data, not on paper.`) : null,
  );
}

/** A table that is there when it is wanted. */
export function foldedTable<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): HTMLElement {
  return folded(caption, rows.length, table(caption, columns, rows));
}

export function foldedMatrix<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): HTMLElement {
  return folded(caption, rows.length, matrix(caption, columns, rows));
}

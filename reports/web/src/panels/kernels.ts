import type { Report, RooflineSection } from "../document";
import { el, type Child } from "../dom";
import { familyOf, kFamilyNames, type Family } from "../dot_marks";
import { formatFlopRate, formatPercent, formatSignificant } from "../format";
import { flagsOf, shapeText } from "../names";
import { kNone } from "../roof_cells";
import { numbered, type NumberedDot } from "../roofline_view";
import { emptyPanel } from "../section";
import { table, type Column } from "../table";
import { shortened } from "../text";
import { placeKey, placesOf, placeWords } from "../teams";

/** Everything that computed one product: same shape, precision and place. */
interface Product {
  size: string;
  precision: string;
  where: string;
  dots: NumberedDot[];
  /** The highest verified one; the others are told as shares of it. */
  most: number;
}

function productsOf(section: RooflineSection): Product[] {
  const places = placesOf(section);
  const products = new Map<string, Product>();
  for (const entry of numbered(section)) {
    const { dot } = entry;
    const size = dot.shape ? shapeText(dot.shape) : dot.kernel;
    const key = JSON.stringify([size, dot.precision ?? null, placeKey(dot)]);
    const product = products.get(key) ?? { size, precision: dot.precision ?? "", where: placeWords(dot, places), dots: [], most: 0 };
    product.dots.push(entry);
    if (dot.verdict !== "INVALID") product.most = Math.max(product.most, dot.rate_flop_per_s.best);
    products.set(key, product);
  }
  return [...products.values()];
}

function cell(product: Product, family: Family): Child {
  const dots = product.dots.filter(({ dot }) => familyOf(dot) === family);
  if (dots.length === 0) return kNone;
  return el(
    "span",
    {},
    ...dots.map(({ number, dot }) => {
      const rate = dot.rate_flop_per_s.best;
      const share = rate < product.most ? `, ${formatSignificant(rate / product.most, 2)} of the best` : "";
      const roof = dot.roof_fraction === null ? "" : `, ${formatPercent(dot.roof_fraction)} of its roof`;
      const flags = flagsOf(dot).map((flag) => `, ${flag}`).join("");
      return el(
        "span",
        { class: "candidate" },
        rate === product.most ? el("strong", {}, formatFlopRate(rate)) : formatFlopRate(rate),
        el("span", { class: "below" }, `${number} ${dot.kernel.replace(/ .*$/, "")}, ${dot.implementation}${share}${roof}${flags}`),
      );
    }),
  );
}

export function kernels(report: Report): Child[] {
  const section = report.sections.roofline;
  if (!section || section.dots.length === 0) return [emptyPanel("No matrix kernel was measured: that part was not asked for, or no library was found.")];
  const families = (["openblas", "packed", "onednn", "other"] as const).filter((family) => section.dots.some((dot) => familyOf(dot) === family));
  const columns: Column<Product>[] = [
    { header: "m\u00d7n\u00d7k", cell: (product) => el("span", {}, el("span", { class: "nowrap" }, shortened(product.size, 40)), ` ${product.precision}`) },
    { header: "With", cell: (product) => product.where },
    ...families.map((family): Column<Product> => ({ header: kFamilyNames[family], cell: (product) => cell(product, family) })),
  ];
  return [
    el("p", {}, "Who computes the same product fastest; the numbers are those of the roofline above. What the library's setting costs stands under ", el("a", { href: "#library" }, "library settings"), "."),
    table("Matrix products, best of the windows", columns, productsOf(section)),
  ];
}

// The only way to make elements: text becomes text nodes, so that nothing of a report is ever read as markup.
import { shown } from "./text";

export type Child = Node | string | null;
export type Attributes = Record<string, string | number>;

function fill(node: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, shown(String(value)));
  for (const child of children) {
    if (child === null) continue;
    node.append(typeof child === "string" ? document.createTextNode(shown(child)) : child);
  }
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(node, attributes, children);
  return node;
}

/** Text that is typed into a terminal: one click selects it. */
export function command(text: string): HTMLElement {
  return el("code", { class: "command" }, text);
}

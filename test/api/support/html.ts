import type { DefaultTreeAdapterTypes } from "parse5";

export type Node = DefaultTreeAdapterTypes.Node;

export interface Element {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Its own text, without that of the elements in it. */
  readonly text: string;
}

const childrenOf = (node: Node): readonly Node[] => {
  const inside = "content" in node ? [node.content] : [];
  return "childNodes" in node ? [...node.childNodes, ...inside] : inside;
};

/** Every element of a document, as a browser would read it. */
export function elementsOf(node: Node): Element[] {
  const children = childrenOf(node);
  const inner = children.flatMap(elementsOf);
  if (!("tagName" in node)) return inner;
  const text = children.map((child) => ("value" in child ? child.value : "")).join("");
  const attributes = new Map(
    node.attrs.map(({ name, value, prefix }) => [prefix ? `${prefix}:${name}` : name, value]),
  );
  return [{ tag: node.tagName, attributes, text }, ...inner];
}

/** All that a reader sees or types over: text, and what stands in fields. */
export function textOf(node: Node): string {
  const own = "value" in node ? node.value : "";
  const field =
    "attrs" in node ? node.attrs.filter(({ name }) => name === "value").map(({ value }) => value) : [];
  return [own, ...field, ...childrenOf(node).map(textOf)].join("\n");
}

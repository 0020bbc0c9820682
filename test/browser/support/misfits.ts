/**
 * What does not fit on the page, a line each. Runs in the browser: it may use nothing from outside of itself.
 * `width`: of the screen; on a phone the window would grow with what does not fit. `smallest`: what can be hit there.
 */
export function misfits({ width, smallest }: { width: number; smallest: number }): string[] {
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const found: string[] = [];
  const isSeen = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().right > 0;
  const shown = (element: Element): string => {
    const tag = element.outerHTML.slice(0, element.outerHTML.indexOf(">") + 1);
    return `${tag.slice(0, 150)} “${(element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40)}”`;
  };

  const { scrollWidth } = document.scrollingElement ?? document.documentElement;
  if (scrollWidth > width) found.push(`the page is ${scrollWidth} pixels wide`);

  // A link in a line of text is as high as the line.
  const isInText = (element: Element): boolean => {
    if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
    const around = (element.parentElement?.textContent ?? "").trim();
    return around.length > (element.textContent ?? "").trim().length;
  };
  for (const element of document.querySelectorAll(controls)) {
    if (!isSeen(element) || isInText(element)) continue;
    // A click on its label is a click on it.
    const label = element.closest("label");
    const box = (label ?? element).getBoundingClientRect();
    if (Math.round(box.width) < smallest || Math.round(box.height) < smallest)
      found.push(`too small, ${Math.round(box.width)}×${Math.round(box.height)}: ${shown(element)}`);
  }

  /** The innermost box that text has to stay in, if any: one that cuts off, or one that has an edge to be seen. */
  const boxOf = (element: Element): Element | null => {
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
      const { overflowX, display, textOverflow, borderRightStyle, backgroundColor } = getComputedStyle(at);
      if (overflowX === "auto" || overflowX === "scroll" || textOverflow === "ellipsis") return null;
      const hasEdge = borderRightStyle !== "none" || !/(, 0\)|transparent)$/.test(backgroundColor);
      if (display !== "inline" && (overflowX !== "visible" || hasEdge)) return at;
    }
    return null;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const cut = new Set<Element>();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const element = text.parentElement;
    if (!element || cut.has(element) || !text.nodeValue?.trim() || !isSeen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const { right, width: wide } = range.getBoundingClientRect();
    const box = boxOf(element)?.getBoundingClientRect();
    // What is kept for screen readers alone is squeezed into a pixel.
    const edge = box === undefined || box.width <= 1 ? null : box.right;
    if (wide > 0 && edge !== null && right > edge + 1) {
      cut.add(element);
      found.push(`text leaves its box by ${Math.round(right - edge)} pixels: ${shown(element)}`);
    }
  }
  return found;
}

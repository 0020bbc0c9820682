// Keeps parts of a page fresh: an element with an id and data-refresh="5" is asked for again every five seconds.
// Nothing is replaced while somebody fills it in, selects of it, or is in it with the keyboard where no id leads back to;
// what was opened stays open.

const parts = () => [...document.querySelectorAll("[data-refresh][id]")];

const isBusy = (part) => {
  const selection = document.getSelection();
  const isSelected = !selection.isCollapsed && selection.containsNode(part, true);
  return (
    isSelected ||
    (part.contains(document.activeElement) &&
      document.activeElement.matches("input, select, textarea, :focus-visible:not([id])"))
  );
};

const replace = (part, fresh) => {
  for (const open of part.querySelectorAll("details[id]")) {
    const again = fresh.querySelector(`#${CSS.escape(open.id)}`);
    if (again) again.open = open.open;
  }
  if (part.outerHTML === fresh.outerHTML) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
};

const refresh = async () => {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(10_000), redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const fresh = page.getElementById(part.id);
    if (fresh && !isBusy(part)) replace(part, fresh);
  }
  document.dispatchEvent(new Event("pixiehook:changed"));
};

const wait = () => {
  const all = parts();
  if (all.length === 0) return;
  const seconds = Math.min(...all.map((part) => Number(part.dataset.refresh)));
  setTimeout(async () => {
    // A page that nobody sees asks for nothing; a service that is away is asked again.
    if (document.visibilityState === "visible") await refresh().catch(() => undefined);
    wait();
  }, seconds * 1_000);
};

wait();

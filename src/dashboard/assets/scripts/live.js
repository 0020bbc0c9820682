// Puts new events on a list as they happen.

const list = document.querySelector("[data-events]");
if (list) {
  const badge = document.querySelector("[data-live]");
  const stream = new EventSource(`/live?after=${encodeURIComponent(list.dataset.newest)}`);
  stream.addEventListener("open", () => {
    badge.hidden = false;
  });
  stream.addEventListener("error", () => {
    badge.hidden = true;
  });
  stream.addEventListener("message", ({ data, lastEventId }) => {
    if (list.querySelector(`[data-event="${CSS.escape(lastEventId)}"]`)) return;
    document.querySelector("[data-empty]")?.remove();
    const holder = document.createElement("template");
    holder.innerHTML = data;
    holder.content.firstElementChild?.classList.add("fresh");
    list.prepend(holder.content);
    while (list.children.length > 12) list.lastElementChild.remove();
    document.dispatchEvent(new Event("pixiehook:changed"));
  });
}

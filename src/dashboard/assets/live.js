// Everything works without this file. It keeps times right, copies, and puts new events on the home page.

const span = (seconds) => {
  const days = Math.round(seconds / 86400);
  if (seconds < 1) return "under 1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${days.toLocaleString("en-GB")} day${days === 1 ? "" : "s"}`;
};

const relative = (iso) => {
  const seconds = (Date.now() - Date.parse(iso)) / 1000;
  if (Math.abs(seconds) < 5) return "just now";
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
};

const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });

const tick = () => {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const text = relative(time.dateTime);
    if (time.textContent !== text) time.textContent = text;
    if (!time.dataset.local) {
      time.dataset.local = "1";
      time.title = local.format(new Date(time.dateTime));
    }
  }
};

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });
}

// What was the answer to a form gets an address of its own, so that a reload does not send the form again.
const placed = document.querySelector("[data-address]");
if (placed) history.replaceState(null, "", placed.dataset.address);

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
    tick();
  });
}

tick();
setInterval(tick, 5000);

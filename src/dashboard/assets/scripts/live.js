// Puts new events on a list as they happen: at most once a frame, and never under a pointer or the focus.

const list = document.querySelector("[data-events]");

const start = () => {
  const most = Number(list.dataset.most ?? 12);
  const badge = document.querySelector("[data-live]");
  let last = list.dataset.newest;
  let rows = [];
  let arrived = 0;
  let untold = 0;
  let frame = 0;
  let isStopped = false;
  let stream = null;
  let retry = 0;

  const events = (count) => `${count.toLocaleString("en-GB")} new event${count === 1 ? "" : "s"}`;

  // Read out now and then, and not each row by itself.
  list.removeAttribute("aria-live");
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  const corner = document.createElement("div");
  corner.className = "waiting";
  const button = document.createElement("button");
  button.type = "button";
  button.hidden = true;
  corner.append(button);
  list.before(status, corner);

  const tell = () => {
    if (untold === 0) return;
    status.textContent = events(untold);
    untold = 0;
    setTimeout(() => {
      status.textContent = "";
    }, 5_000);
  };
  setInterval(tell, 10_000);

  const canHover = matchMedia("(hover: hover)");
  const isWatched = () =>
    (canHover.matches && list.matches(":hover")) || list.querySelector(":focus-visible") !== null;

  const put = () => {
    const fragment = document.createDocumentFragment();
    for (const row of rows) {
      // Many at once would be a flicker.
      if (rows.length < 4) row.classList.add("fresh");
      fragment.prepend(row);
    }
    document.querySelector("[data-empty]")?.remove();
    list.prepend(fragment);
    while (list.children.length > most) list.lastElementChild.remove();
    untold += arrived;
    arrived = 0;
    rows = [];
    button.hidden = true;
    document.dispatchEvent(new Event("pixiehook:changed"));
  };

  const flush = () => {
    frame = 0;
    if (rows.length === 0) return;
    if (!isStopped && !isWatched()) return put();
    button.textContent = `${events(arrived)} — show`;
    button.hidden = false;
  };
  const plan = () => {
    if (frame === 0) frame = requestAnimationFrame(flush);
  };

  const take = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const row of [...holder.content.children]) {
      const { event } = row.dataset;
      if (list.querySelector(`[data-event="${CSS.escape(event)}"]`)) continue;
      if (rows.some((known) => known.dataset.event === event)) continue;
      rows.push(row);
      arrived += 1;
    }
    // What would not stay on the page is counted only.
    if (rows.length > most) rows = rows.slice(-most);
    plan();
  };

  const mark = (isOpen) => {
    badge.hidden = !isOpen;
    badge.textContent = isStopped ? "Stopped" : "Live";
    badge.classList.toggle("stopped", isStopped);
    if (badge.matches("button")) badge.title = isStopped ? "Let the list go on" : "Stop the list";
  };

  const close = () => {
    clearTimeout(retry);
    stream?.close();
    stream = null;
  };
  const open = () => {
    close();
    const address = new URL(list.dataset.stream ?? "/live", location.href);
    address.searchParams.set("after", last);
    stream = new EventSource(address);
    stream.addEventListener("open", () => mark(true));
    stream.addEventListener("error", () => {
      mark(false);
      // Refused, and given up: after a sign-out, or with too many pages open.
      if (stream?.readyState === EventSource.CLOSED) retry = setTimeout(open, 30_000);
    });
    stream.addEventListener("message", ({ data, lastEventId }) => {
      last = lastEventId;
      take(data);
    });
  };

  button.addEventListener("click", () => {
    const isByKey = button.matches(":focus-visible");
    put();
    list.firstElementChild?.scrollIntoView({ block: "nearest" });
    if (isByKey) list.querySelector("a")?.focus();
  });
  badge.addEventListener("click", () => {
    if (!badge.matches("button")) return;
    isStopped = !isStopped;
    mark(true);
    plan();
  });
  list.addEventListener("pointerleave", plan);
  list.addEventListener("focusout", plan);
  // Browsers have few connections to a host: a page that nobody sees gives its own back.
  let leaving = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leaving);
    if (document.visibilityState === "hidden") leaving = setTimeout(close, 10_000);
    else if (stream === null) open();
  });
  open();
};

if (list && document.querySelector("[data-live]")) start();

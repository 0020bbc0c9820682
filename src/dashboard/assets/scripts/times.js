// Keeps times right in the words that the server uses: those that are on the screen.

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
const known = new WeakSet();
const visible = new Set();

const say = (time) => {
  const text = relative(time.dateTime);
  if (time.textContent !== text) time.textContent = text;
};

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      visible.add(target);
      target.title = local.format(new Date(target.dateTime));
      say(target);
    } else visible.delete(target);
    if (!target.isConnected) observer.unobserve(target);
  }
});

const look = () => {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    if (known.has(time)) continue;
    known.add(time);
    observer.observe(time);
  }
};

look();
setInterval(() => {
  for (const time of visible) say(time);
}, 5000);
// Whoever puts something new on the page says so.
document.addEventListener("pixiehook:changed", look);

// Looks up what a subscription would have told, shortly after something changed in its form.

const form = document.getElementById("subscribe");
const preview = document.querySelector(".preview");
if (form && preview) {
  const pauseMs = 400;
  const deadlineMs = 10_000;
  const addresses = ["webhook", "slack", "email", "headers"];
  let pause;
  let running;

  const look = async () => {
    const own = new AbortController();
    running = own;
    const fields = new URLSearchParams(new FormData(form));
    // They say nothing about what is told, and may be secret.
    for (const name of addresses) fields.delete(name);
    fields.set("pieces", "1");
    const deadline = setTimeout(() => own.abort(), deadlineMs);
    let html = null;
    try {
      const request = { method: "POST", body: fields, signal: own.signal, redirect: "error" };
      const answer = await fetch("/subscriptions/preview", request);
      if (answer.ok) html = await answer.text();
    } catch {
      // Told below, unless a newer look has begun.
    }
    clearTimeout(deadline);
    if (running !== own) return;
    preview.querySelector("[data-stale]").hidden = html !== null;
    if (html === null) return;
    const pieces = document.createElement("template");
    pieces.innerHTML = html;
    for (const piece of [...pieces.content.children]) {
      const old = document.getElementById(piece.id);
      if (old && old.outerHTML !== piece.outerHTML) old.replaceWith(piece);
    }
    document.dispatchEvent(new Event("pixiehook:changed"));
  };

  form.addEventListener("input", ({ target }) => {
    if (!target.name || addresses.includes(target.name)) return;
    clearTimeout(pause);
    pause = setTimeout(() => {
      running?.abort();
      look();
    }, pauseMs);
  });
  preview.querySelector("[formaction]").hidden = true;
}

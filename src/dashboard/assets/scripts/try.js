// The result of a test comes onto the page that asked for it.
const test = document.getElementById("try");
test?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = test.querySelector("button");
  const label = button.textContent;
  button.disabled = true;
  button.textContent = "Sending…";
  const tried = document.getElementById("tried");
  try {
    const body = new URLSearchParams(new FormData(test));
    const signal = AbortSignal.timeout(120_000);
    const answer = await fetch(test.action, { method: "POST", body, signal, redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    tried.replaceChildren(...page.getElementById("tried").childNodes);
  } catch {
    tried.textContent =
      "What came of it could not be learned. Reload the page, and look at the subscription.";
  }
  button.disabled = false;
  button.textContent = label;
});

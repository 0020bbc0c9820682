// Buttons that copy what stands in another element. Also where only scripts arrive, and fragments that come later.

const show = () => {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = !navigator.clipboard;
};

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (!button || button.dataset.label) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.dataset.label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }, 2000);
});

// What was the answer to a form gets an address of its own, so that a reload does not send the form again.
const placed = document.querySelector("[data-address]");
if (placed) history.replaceState(null, "", placed.dataset.address);

show();
document.addEventListener("pixiehook:changed", show);

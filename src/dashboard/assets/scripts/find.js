// A long list of ticks can be searched.
for (const field of document.querySelectorAll("[data-find]")) {
  field.hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const item of document.getElementById(field.dataset.find).children) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  });
}

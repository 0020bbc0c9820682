// A slider over a table of budgets: each of its stops is a row, whose words say what it buys.

for (const form of document.querySelectorAll(".budget-form")) {
  const choices = [...form.querySelectorAll("input[type=radio]")];
  const slider = form.querySelector("input[type=range]");
  const [chosen, bought] = ["[data-chosen]", "[data-bought]"].map((name) => form.querySelector(name));

  const show = () => {
    const { name, buys } = choices[slider.value].dataset;
    chosen.textContent = name;
    bought.textContent = buys;
    slider.setAttribute("aria-valuetext", name);
  };
  slider.addEventListener("input", () => {
    choices[slider.value].checked = true;
    show();
  });
  const follow = () => {
    slider.value = choices.findIndex(({ checked }) => checked);
    show();
  };
  form.addEventListener("change", ({ target }) => {
    if (target !== slider) follow();
  });
  // A browser that goes back brings back what was chosen.
  addEventListener("pageshow", follow);

  form.querySelector(".slide").hidden = false;
  form.querySelector("details").open = false;
}

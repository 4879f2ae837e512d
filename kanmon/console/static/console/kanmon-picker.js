/* A field that offers what the fleet has, as a combobox with a list: arrows, Enter, Escape. Without it, a plain field. */
(() => {
  const WAIT = 150; /* ms after the last key */
  let field = null; /* the field whose list is there */
  let list = null;
  let waiting = 0;
  let asking = null;
  const options = () => (list ? [...list.querySelectorAll("[role=option]")] : []);
  const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");
  const say = (text) => { document.querySelector("#k-status").textContent = text; };

  const close = () => {
    clearTimeout(waiting);
    asking?.abort();
    list?.remove();
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    list = field = null;
  };
  const dress = (input) => {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
  };
  const line = (choice, number) => {
    const option = document.createElement("li");
    const [name, pcs] = [document.createElement("span"), document.createElement("span")];
    option.id = `${field.id}-pick-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.value = choice.value;
    name.textContent = choice.value;
    pcs.textContent = choice.pcs;
    pcs.className = "k-num";
    option.append(name, pcs);
    return option;
  };
  const open = (input, told) => {
    close();
    say(told.said);
    if (!told.choices.length) return;
    field = input;
    list = document.createElement("ul");
    list.id = `${input.id}-picks`;
    list.className = "k-picks";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
    list.append(...told.choices.map(line));
    input.after(list);
    list.style.top = `${input.offsetTop + input.offsetHeight + 2}px`;
    list.style.left = `${input.offsetLeft}px`;
    list.style.minWidth = `${input.offsetWidth}px`;
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
  };
  const ask = async (input) => {
    asking?.abort();
    const mine = asking = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.kPick}?${new URLSearchParams({ q: input.value })}`, { signal: mine.signal });
      if (answer.ok && document.activeElement === input) open(input, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close(); /* what is typed stands without an offer */
    }
  };
  const mark = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = options();
    const at = all.indexOf(chosen());
    mark(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
  };
  const pick = (option) => {
    const input = field;
    input.value = option.dataset.value;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("focusin", (event) => {
    if (field && event.target !== field) close();
    if (event.target.matches("[data-k-pick]:not([role])")) dress(event.target);
  });
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-k-pick]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(event.target), WAIT);
  });
  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches("[data-k-pick]") || event.isComposing) return;
    const vertical = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (vertical && list) step(vertical);
    else if (event.key === "ArrowDown") ask(input);
    else if (event.key === "Enter" && list && chosen()) pick(chosen());
    else if (event.key === "Escape" && list) close();
    else return;
    event.preventDefault();
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".k-picks [role=option]");
    if (event.target.closest(".k-picks")) event.preventDefault(); /* the field keeps the focus */
    if (option) pick(option);
  });
})();

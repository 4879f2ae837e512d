/* The search over everything: a list below the field while one types (combobox pattern of WAI-ARIA). Without it the form
   opens the page of what was found. */
(() => {
  const form = document.querySelector("[data-k-find]");
  const field = form?.querySelector("input");
  const list = form?.querySelector(".k-hits");
  if (!form) return;
  const WAIT_MS = 120;
  let waiting = 0, asked = null, shownFor = null;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.getAttribute("aria-label"));

  const open = (visible) => {
    list.hidden = !visible;
    field.setAttribute("aria-expanded", String(visible));
    if (!visible) choose(null);
  };
  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const text = field.value.trim();
    asked?.abort();
    if (!text) { shownFor = null; list.replaceChildren(); open(false); return; }
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.kFind}?${new URLSearchParams({ q: text })}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return open(false);
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...part.body.childNodes);
      shownFor = text;
      open(document.activeElement === field);
    } catch (problem) {
      if (problem.name !== "AbortError") open(false);  /* the page of results says what is wrong */
    }
  };
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, WAIT_MS); });
  field.addEventListener("focus", () => { if (field.value.trim()) ask(); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) { ask(); return; }
      const all = options();
      const at = all.indexOf(chosen()) + (event.key === "ArrowDown" ? 1 : -1);
      choose(at < 0 ? all[all.length - 1] : all[at % all.length] ?? null);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen() && shownFor === field.value.trim()) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Escape" && !list.hidden) {
      open(false);
      event.preventDefault();
      event.stopPropagation();
    }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) open(false); });
  list.addEventListener("mousedown", (event) => event.preventDefault());  /* the field keeps the focus until the click */
  open(false);
})();

/* Small behaviours: keys and menus. Everything works without them. */
(() => {
  const one = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const typing = (element) => element.matches("input, textarea, select, [contenteditable]");
  const rows = () => all(".k-table td.k-name a, .k-table td.k-open a");

  /* a menu closes when something else is chosen */
  const closeMenus = (except) => all("details.k-menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.k-menu")));
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.k-menu")));

  const step = (by) => {
    const found = rows();
    const at = found.indexOf(document.activeElement);
    found[Math.min(found.length - 1, Math.max(0, at + by))]?.focus();
  };
  const row = () => document.activeElement.closest(".k-table tbody tr");
  const tick = (box) => { if (box && !box.disabled) box.click(); };
  const places = { o: "overview", p: "pcs", j: "policies", r: "operations", n: "network", w: "waiting", s: "statistics" };
  let going = 0;
  const plain = {
    "/": () => (one("#main [type=search]") || one(".k-find input"))?.focus(),
    j: () => step(1),
    k: () => step(-1),
    f: () => { const add = one("#k-add") || one(".k-filters summary"); add?.click(); if (add?.id) one("a", add.nextElementSibling)?.focus(); },
    e: () => one("[data-k-open-all]")?.click(),
    x: () => tick(one("input[type=checkbox]", row() ?? document.createElement("tr"))),
    X: () => tick(one("[data-k-tick-all]")),
    a: () => one("form :is(.k-bulk button, [data-k-ticked]):not(:disabled)")?.focus(),
    "?": () => one("#k-keys")?.showModal(),
    g: () => { going = Date.now(); },
  };
  document.addEventListener("keydown", (event) => {
    const field = one(".k-find input");
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && field) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape") {
      const menu = one("details.k-menu[open]");
      if (menu) { menu.open = false; one("summary", menu).focus(); }
    } else if (one("[data-k-single-keys]") && !one("dialog[open]") && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const place = Date.now() - going < 1500 && places[event.key];
      going = 0;
      const act = place ? () => one(`.k-nav [data-k-place=${place}]`)?.click() : plain[event.key];
      if (act) { event.preventDefault(); act(); }
    }
  });

  /* the list of keys, for those who have a mouse */
  const keys = one("[data-k-keys]");
  if (keys) { keys.hidden = false; keys.addEventListener("click", plain["?"]); }

  /* all items of a PC at once */
  one("[data-k-open-all]")?.addEventListener("click", (event) => {
    const items = all("details.k-item");
    const open = items.some((item) => !item.open);
    items.forEach((item) => { item.open = open; });
    event.currentTarget.textContent = open ? event.currentTarget.dataset.kClose : event.currentTarget.dataset.kOpenAll;
  });

  /* rows of a list are ticked: all of the page at once, and the buttons wait for a tick */
  const ticking = (form) => {
    form.removeAttribute("data-k-ticks");
    const whole = one("[data-k-tick-all]", form);
    const said = one("[data-k-ticks-said]", form);
    const otherwise = said.textContent;
    const ticks = [...form.querySelectorAll("tbody input[type=checkbox]")];
    const count = () => {
      const n = ticks.filter((tick) => tick.checked).length;
      form.querySelectorAll("[data-k-ticked]").forEach((button) => { button.disabled = !n; });
      if (otherwise === "") said.hidden = !n;
      said.textContent = n ? said.dataset.kTicksSaid.replace("{}", n) : otherwise;
      whole.checked = n === ticks.length;
      whole.indeterminate = n > 0 && n < ticks.length;
    };
    whole.hidden = false;
    whole.addEventListener("change", () => { ticks.forEach((tick) => { tick.checked = whole.checked; }); count(); });
    form.addEventListener("change", count);
    count();
  };
  all("form[data-k-ticks]").forEach(ticking);

  /* what is typed into a search is looked for while one types: leaving its field asks nothing again, and ticks stay */
  document.addEventListener("change", (event) => { if (event.target.matches(".k-filters [type=search]")) event.stopPropagation(); }, true);

  /* fields left empty stay out of the address */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    const given = event.detail.formData;
    [...given.keys()].forEach((name) => { if (given.getAll(name).every((value) => value === "")) given.delete(name); });
  });

  /* after a swap: one sentence for screen readers (a lost connection is told by kanmon-connection.js) */
  const show = (id, visible) => { const notice = one(id); if (notice) notice.hidden = !visible; };
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = one("[data-k-said]", event.target)?.dataset.kSaid;
    if (said) one("#k-status").textContent = said;
    all("form[data-k-ticks]").forEach(ticking);
    const typed = event.target.dataset?.kQ;
    if (typed !== undefined && document.activeElement !== one("#q")) one("#q").value = typed;
  });
  /* who is limited to groups: a ticked group means "only these", the whole system unticks them */
  document.addEventListener("change", (event) => {
    const limits = event.target.closest("fieldset.k-fieldset");
    if (!limits) return;
    if (event.target.name === "group" && event.target.checked) one("[name=limit][value=groups]", limits).checked = true;
    if (event.target.name === "limit" && event.target.value === "all") limits.querySelectorAll("[name=group]").forEach((box) => { box.checked = false; });
  });
  document.addEventListener("htmx:responseError", () => show("#k-wrong", true));
  document.addEventListener("htmx:afterOnLoad", () => { show("#k-wrong", false); });
})();

/* The connection to the Manager. A form with a one-time key is sent from here, so that a lost answer keeps the page
   and what was typed; when a Manager answers again, it is asked by that key whether the change was done. The page
   then says exactly one of "done" and "not done". Everything works without this script, too: the key alone keeps a
   form that is sent twice from being done twice. */
(() => {
  const SHOWN_AFTER_MS = 1000, PROBE_MS = 500, CALM_MS = 15000, ANSWER_MS = 3000, ASKED_AGAIN_MS = 300;
  const one = (selector, inside = document) => inside.querySelector(selector);
  const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const notices = { lost: one("#k-lost"), done: one("#k-done"), notDone: one("#k-not-done"), refused: one("#k-refused"), signedOut: one("#k-signed-out") };
  if (!notices.lost) return;
  const fill = (notice, values) => {
    for (const [name, text] of Object.entries(values)) one(`[data-k-fill=${name}]`, notice).textContent = text;
  };
  const show = (name, values = {}) => {
    for (const [each, notice] of Object.entries(notices)) notice.hidden = each !== name;
    if (!name) return;
    fill(notices[name], values);
    if (name !== "lost") document.querySelectorAll("[popover]:popover-open").forEach((open) => open.hidePopover()); /* it may cover the notice; what is typed stays */
  };
  const quickly = (address, options = {}) =>
    fetch(address, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS), headers: { "X-Kanmon-Fetch": "1" }, ...options });
  const answers = async () => { try { return (await quickly("/health/live")).ok; } catch { return false; } };

  /* 1. Lost and back */
  let lostAt = 0;      /* 0: connected */
  let sent = null;     /* the form whose answer was lost */
  let wish = "";       /* a link that was followed meanwhile */

  const hold = (on) => {
    document.querySelectorAll("form[method=post] button:not([popovertarget])").forEach((button) => {
      if (on && !button.disabled) { button.disabled = true; button.dataset.kHeld = ""; }
      if (!on && "kHeld" in button.dataset) { button.disabled = false; delete button.dataset.kHeld; }
    });
  };
  const tell = () => {
    const seconds = Math.floor((Date.now() - lostAt) / 1000);
    if (!lostAt || seconds * 1000 < SHOWN_AFTER_MS) return;
    hold(true);
    show("lost", { since: notices.lost.dataset.kSince.replace("{}", seconds) });
    one("[data-k-wish]", notices.lost).hidden = !wish;
  };
  const lose = async () => {
    if (lostAt) return;
    lostAt = Date.now();
    const clock = setInterval(tell, 250);
    let back = null;
    while (!back) {
      if (await answers()) back = sent ? await ask(sent.key) : { state: "calm" };
      if (!back) await sleep(PROBE_MS);
    }
    clearInterval(clock);
    lostAt = 0;
    hold(false);
    settle(back);
  };
  /* what became of the change: null when nobody could say */
  const ask = async (key) => {
    try {
      const answer = await quickly(`/changes/${key}`);
      if (answer.status === 401) return { state: "signed_out" };
      if (!answer.ok) return null;
      const told = await answer.json();
      if (told.state !== "underway") return told;
      await sleep(ASKED_AGAIN_MS);
      return null;
    } catch { return null; }
  };
  const settle = (told) => {
    if (told.state === "calm") {
      show("");
      if (wish) location.assign(wish);
    } else if (told.state === "signed_out") {
      show("signedOut");
    } else {
      const { form } = sent;
      show(told.state === "done" ? "done" : "notDone", { node: told.back, ...(told.state === "done" ? { what: told.what } : {}) });
      busy(form, told.state === "done");
      if (told.state === "done") sent = null;
    }
    wish = "";
    window.htmx?.ajax("GET", "/node", { target: "#k-node", swap: "outerHTML" });
  };

  /* 2. Sending a form */
  const busy = (form, on) => {
    form.setAttribute("aria-busy", String(on));
    form.querySelectorAll("button:not([popovertarget])").forEach((button) => { button.disabled = on; });
  };
  const send = async (what) => {
    const stop = new AbortController();
    let over = false;
    busy(what.form, true);
    show("");
    (async () => { /* an answer that takes long: is anybody there? */
      await sleep(SHOWN_AFTER_MS);
      while (!over) { if (!(await answers())) { stop.abort(); return; } await sleep(PROBE_MS); }
    })();
    let answer = null;
    let told = {};
    try {
      answer = await fetch(what.url, { method: "POST", body: what.body, headers: { "X-Kanmon-Fetch": "1" }, signal: stop.signal });
      told = await answer.json();
    } catch { if (!answer || answer.ok) answer = null; }
    over = true;
    if (!answer || answer.status >= 500) {
      sent = what;
      lose();
    } else if (answer.ok && told.location) {
      location.assign(told.location);
    } else {
      busy(what.form, false);
      show("refused", { what: told.text || `${answer.status} ${answer.statusText}`, id: told.message_id || "" });
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-k-once]")) return;
    event.preventDefault();
    if (lostAt || form.getAttribute("aria-busy") === "true") return;
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const url = event.submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
    send({ form, body, url, key: body.get("form_key") });
  });
  one("button", notices.notDone).addEventListener("click", () => { if (sent) send(sent); });
  one("button", notices.done).addEventListener("click", () => location.reload());

  /* 3. Looking now and then, and at once when something went wrong */
  const doubt = async () => { if (!lostAt && !(await answers())) { await sleep(PROBE_MS); if (!(await answers())) lose(); } };
  setInterval(() => { if (document.visibilityState === "visible") doubt(); }, CALM_MS);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") doubt(); });
  document.addEventListener("htmx:sendError", doubt);
  window.addEventListener("offline", doubt);
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  document.addEventListener("click", (event) => { /* the browser would leave the page for an error of its own */
    const link = event.target.closest("a[href]");
    if (!lostAt || !link || link.origin !== location.origin) return;
    event.preventDefault();
    wish = link.href;
    tell();
  });
})();

/* Before the first paint: the server writes data-bs-theme from the person's choice; "auto" follows the system.
   Tabler's own dark rules want the attribute to say "dark". */
(() => {
  const root = document.documentElement;
  if (root.dataset.bsTheme !== "auto") return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.bsTheme = system.matches ? "dark" : "light"; };
  apply();
  system.addEventListener("change", apply);
})();

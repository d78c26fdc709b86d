// Single-key shortcuts, which can be switched off. Everything works without them.
"use strict";
(() => {
  const off = "console-keys-off";
  const links = [...document.querySelectorAll("[data-rows] .open")];
  const on = () => localStorage.getItem(off) === null;

  const move = (step) => {
    const at = links.findIndex((link) => link.closest("li").contains(document.activeElement));
    const to = links[Math.min(Math.max(at + step, 0), links.length - 1)];
    if (to) {
      to.focus();
      to.closest("li").scrollIntoView({ block: "nearest" });
    }
  };
  const review = () => {
    const row = document.activeElement.closest("[data-rows] li");
    const form = row ? row.querySelector("[data-review]") : links.length ? null : document.querySelector("[data-review]");
    if (form) form.requestSubmit();
  };
  const keys = { j: () => move(1), k: () => move(-1), r: review };

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea");
    if (!busy && on() && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  for (const box of document.querySelectorAll("[data-keys]")) {
    box.checked = on();
    box.addEventListener("change", () => (box.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1")));
  }
})();

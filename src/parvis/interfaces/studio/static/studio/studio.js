/* The keys of the moderation bench that act on a selection, the number of a reason, and where the focus goes after a
   decision. Everything else is in design/parvis.js; without either, the forms do the same work. */
(() => {
  "use strict";
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const chosen = () => all('#bench input[name="voice"]:checked');

  function count() {
    const place = document.querySelector("[data-selected]");
    if (place) place.textContent = chosen().length ? `${chosen().length} ${place.dataset.words}` : "";
  }

  function typing(target) {
    return target.matches("input:not([type=checkbox], [type=radio]), textarea, select") || target.isContentEditable;
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const open = document.querySelector("details.reasons[open]");
    if (open && /^[1-9]$/.test(event.key)) {
      const choice = all(".reasons__choice", open)[Number(event.key) - 1];
      if (choice) {
        event.preventDefault();
        event.stopPropagation();
        choice.click();
      }
      return;
    }
    const bulk = document.getElementById("bulk");
    if (!bulk || !chosen().length) return;
    const verb = { p: "publish", h: "hold" }[event.key];
    if (verb) {
      event.preventDefault();
      event.stopPropagation();
      bulk.querySelector(`[value="${verb}"]`).click();
    } else if (event.key === "r") {
      event.preventDefault();
      event.stopPropagation();
      document.getElementById("bulk-reason").focus();
    }
  }

  /* The list is drawn again after a decision: the voice that took the place of the decided one has the focus. */
  let place = -1;
  function remember() {
    const items = all("#bench [data-item]");
    place = items.findIndex((item) => item.contains(document.activeElement));
  }

  function restore() {
    count();
    const told = document.getElementById("bulk-problem");
    if (told) {
      told.focus({ preventScroll: true });
      told.scrollIntoView({ block: "nearest" });
      return;
    }
    const items = all("#bench [data-item]");
    const item = items[Math.min(Math.max(place, 0), items.length - 1)];
    if (!item || place < 0) return;
    item.setAttribute("data-current", "");
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", onKey, true);
  document.addEventListener("change", count);
  document.addEventListener("htmx:beforeRequest", remember);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element && event.target.id === "bench") restore();
  });
  // Opening the reasons puts the focus where the numbers are.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches && event.target.matches("details.reasons") && event.target.open) {
        event.target.querySelector(".reasons__choice").focus();
      }
    },
    true,
  );
})();

/* The few things HTML does not do by itself. Every page works without this file; nothing here reads or sends anything about the visitor.

   data-theme-switch      a form of theme buttons: applied at once, kept in the same cookie as the server's
   data-dialog="id"       opens the native dialog
   data-popover           a <details> that closes on Escape or a click elsewhere
   data-autosubmit        a control that submits its form when it changes
   data-presses="#id"     a control, or what holds it, that presses a button when it changes
   data-vote              a vote button: shown at once, taken back if the server refuses
   data-key="a"           a key that presses this element (not while typing); data-key-focus="/" moves the focus to it
   data-list              a list whose [data-item] children are walked with j and k
   data-check-all="name"  a checkbox that checks all the others of that name
   data-most-bytes="n"    a file control that refuses larger files with its data-too-heavy words before they are sent
   data-focus             what a page that opens has to say first: it takes the focus
   data-once              a form that is sent once, however often its button is pressed
   data-toast             a button or form whose htmx answer may carry the header Parvis-Toast, and Parvis-Toast-Link (an address and its words)
*/
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));

  /* Theme */
  function setTheme(theme) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    if (theme === "auto") {
      delete root.dataset.theme;
      document.cookie = `parvis_theme=; Max-Age=0; Path=/; SameSite=Lax${secure}`;
    } else {
      root.dataset.theme = theme;
      document.cookie = `parvis_theme=${theme}; Max-Age=31536000; Path=/; SameSite=Lax${secure}`;
    }
    all("[data-theme-switch] button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === theme)));
  }

  /* Toasts */
  function toast(words, link) {
    const shelf = document.getElementById("toasts");
    if (!shelf || !words) return;
    const box = document.createElement("div");
    box.className = "toast";
    box.setAttribute("role", "status");
    const text = document.createElement("span");
    text.className = "grow";
    text.textContent = words;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button--quiet";
    close.dataset.dismissToast = "";
    close.textContent = shelf.dataset.dismiss;
    box.append(text);
    if (link && link.address.startsWith("/")) {
      const way = document.createElement("a");
      way.className = "link";
      way.href = link.address;
      way.textContent = link.words;
      box.append(way);
    }
    box.append(close);
    shelf.append(box);
    setTimeout(() => box.remove(), 8000);
  }

  // Good news of the server goes by itself too, so that it never lies over what is needed next; warnings stay.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-focus]")?.focus();
    // On a phone the rooms of the studio lie in one line: the room one is in comes into sight.
    const room = document.querySelector(".studio__side .nav [aria-current]");
    if (room) {
      const [line, own] = [room.parentElement.getBoundingClientRect(), room.getBoundingClientRect()];
      room.parentElement.scrollLeft += own.left - line.left - (line.width - own.width) / 2;
    }
    all(".toast[data-passing]").forEach((box) => setTimeout(() => box.remove(), 8000));
  });

  /* Votes: the two buttons of a review share one answer. */
  function showVote(button, pressed, step) {
    button.setAttribute("aria-pressed", String(pressed));
    const count = button.querySelector("[data-count]");
    if (count) count.textContent = String(Math.max(0, Number(count.textContent) + step));
  }

  async function vote(button) {
    if (button.dataset.busy) return;
    const group = all("[data-vote]", button.parentElement);
    const before = group.map((each) => each.getAttribute("aria-pressed") === "true");
    const undo = before[group.indexOf(button)];
    const changed = [];
    group.forEach((each, index) => {
      const pressed = each === button && !undo;
      if (pressed !== before[index]) {
        showVote(each, pressed, pressed ? 1 : -1);
        changed.push([each, before[index]]);
      }
      each.dataset.busy = "1";
    });
    const form = document.getElementById(button.getAttribute("form"));
    const body = new FormData(form);
    body.set(button.name, undo ? "0" : button.value);
    const shelf = document.getElementById("toasts");
    try {
      const answer = await fetch(button.formAction, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch (problem) {
      changed.forEach(([each, pressed]) => showVote(each, pressed, pressed ? 1 : -1));
      toast(problem instanceof TypeError ? shelf.dataset.offline : shelf.dataset.problem);
    } finally {
      group.forEach((each) => delete each.dataset.busy);
    }
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    all("details[data-popover][open]").forEach((open) => {
      if (!open.contains(target)) open.open = false;
    });
    const opener = target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (target instanceof HTMLDialogElement) target.close();
    const dismiss = target.closest("[data-dismiss-toast]");
    if (dismiss) dismiss.closest(".toast").remove();
    const ballot = target.closest("[data-vote]");
    if (ballot && !ballot.hasAttribute("hx-post")) {
      event.preventDefault();
      vote(ballot);
    }
  });

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-most-bytes]")) {
      const heavy = [...target.files].some((file) => file.size > Number(target.dataset.mostBytes));
      target.setCustomValidity(heavy ? target.dataset.tooHeavy : "");
      if (heavy) target.reportValidity();
    }
    if (target.matches("[data-autosubmit]") && target.form) target.form.requestSubmit();
    const presser = target.closest("[data-presses]");
    if (presser) document.querySelector(presser.dataset.presses)?.click();
    if (target.matches("[data-check-all]")) {
      all(`input[type=checkbox][name="${CSS.escape(target.dataset.checkAll)}"]`).forEach((box) => {
        if (box.checked !== target.checked) {
          box.checked = target.checked;
          box.dispatchEvent(new Event("change", { bubbles: true }));
        }
      });
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-theme-switch]") && event.submitter) {
      event.preventDefault();
      setTheme(event.submitter.value);
      return;
    }
    if (form.matches("[data-once]")) {
      if (form.getAttribute("aria-busy") === "true") event.preventDefault();
      else form.setAttribute("aria-busy", "true");
    }
  });
  // A page taken back from the browser's memory must accept its form again.
  window.addEventListener("pageshow", () => all("form[data-once][aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

  /* Keys */
  function step(list, by) {
    const items = all("[data-item]", list);
    if (!items.length) return;
    const here = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
    const next = items[Math.min(items.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    items.forEach((item) => item.toggleAttribute("data-current", item === next));
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      all("details[data-popover][open]").forEach((open) => {
        open.open = false;
        if (open.contains(document.activeElement)) open.querySelector("summary").focus();
      });
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.isContentEditable) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    if (document.querySelector("dialog[open]")) return;
    const key = CSS.escape(event.key);
    const list = document.querySelector("[data-list]");
    if (list && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      step(list, event.key === "j" ? 1 : -1);
      return;
    }
    const focus = document.querySelector(`[data-key-focus="${key}"]`);
    if (focus) {
      event.preventDefault();
      focus.focus();
      return;
    }
    // The item that holds the focus answers first, then the page.
    const item = document.activeElement ? document.activeElement.closest("[data-item]") : null;
    const pressed = (item && item.querySelector(`[data-key="${key}"]`)) || document.querySelector(`[data-key="${key}"]:not([data-item] *)`);
    if (pressed && !pressed.disabled) {
      event.preventDefault();
      pressed.click();
    }
  });

  /* htmx: the token of forms, what to say when something breaks, and what the server wants said. */
  document.addEventListener("htmx:configRequest", (event) => {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (field && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = field.value;
  });
  document.addEventListener("htmx:responseError", () => toast(document.getElementById("toasts")?.dataset.problem));
  document.addEventListener("htmx:sendError", () => toast(document.getElementById("toasts")?.dataset.offline));
  document.addEventListener("htmx:afterRequest", (event) => {
    const words = event.detail.xhr && event.detail.xhr.getResponseHeader("Parvis-Toast");
    if (!words) return;
    const [address, label] = (event.detail.xhr.getResponseHeader("Parvis-Toast-Link") || "").split(" ");
    toast(decodeURIComponent(words), label && { address, words: decodeURIComponent(label) });
  });

  /* Where one is must be seen in a row of tabs wider than the screen. */
  all(".tabs > [aria-current]").forEach((tab) => {
    tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
  });

  root.classList.add("js");
})();

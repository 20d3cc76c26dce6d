/* Puts proof of the shop that serves this file into the page around it: every <div data-parvis="key"> is filled, and
   what is truly looked at or clicked is told to that shop. Keeps nothing in the browser, sets no cookie. */
(() => {
  "use strict";
  const me = document.currentScript;
  if (!me || window.parvisWidgets) return;
  window.parvisWidgets = true;
  const home = new URL(me.src).origin;
  const BUCKETS = 40;
  const waiting = new Map();
  const timers = new Map();
  let due = 0;

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function send() {
    clearTimeout(due);
    due = 0;
    for (const [ticket, events] of waiting) {
      const body = JSON.stringify({ ticket, sent: Date.now(), auto: Boolean(navigator.webdriver), events: events.splice(0, 30) });
      fetch(`${home}/w/collect/`, { method: "POST", body, mode: "no-cors", credentials: "omit", keepalive: true }).catch(() => {});
    }
    waiting.clear();
  }

  function note(ticket, kind, place) {
    const events = waiting.get(ticket) || [];
    waiting.set(ticket, events);
    events.push({ id: newId(), kind, at: Date.now(), place });
    if (events.length >= 20) send();
    else due = due || setTimeout(send, 4000);
  }

  /* Half of a proof in view for one second. */
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        if (intersectionRatio < 0.5) {
          clearTimeout(timers.get(target));
          timers.delete(target);
        } else if (!timers.has(target)) {
          timers.set(target, setTimeout(look, 1000, target));
        }
      }
    },
    { threshold: [0, 0.5, 1] },
  );

  function look(card) {
    watcher.unobserve(card);
    note(card.getRootNode().host.dataset.ticket, "proof_view", Number(card.dataset.place));
  }

  function watch(proof) {
    if (proof.parvisWatched || !proof.shadowRoot || !proof.dataset.ticket) return;
    proof.parvisWatched = true;
    proof.shadowRoot.querySelectorAll("li[data-place]").forEach((card) => watcher.observe(card));
    proof.shadowRoot.addEventListener("click", ({ target }) => {
      const card = target.closest("a") && target.closest("li[data-place]");
      if (card) note(proof.dataset.ticket, "proof_click", Number(card.dataset.place));
    }, true);
  }

  /* A shadow from its template, with a style sheet that a strict policy of the page lets pass. */
  function open(proof) {
    const template = proof.querySelector("template[shadowrootmode]");
    if (!template || proof.shadowRoot) return;
    const shadow = proof.attachShadow({ mode: "open" });
    const style = template.content.querySelector("style");
    if (style && shadow.adoptedStyleSheets) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style.textContent);
      style.remove();
      shadow.adoptedStyleSheets = [sheet];
    }
    shadow.append(template.content);
    template.remove();
  }

  async function fill(place) {
    const { parvis: key, product = "-", lang = document.documentElement.lang } = place.dataset;
    const language = lang.slice(0, 2).toLowerCase() === "fr" ? "fr" : "en";
    const bucket = Math.floor(Math.random() * BUCKETS);
    const address = `${home}/w/${encodeURIComponent(key)}/${encodeURIComponent(product || "-")}.html?lang=${language}&b=${bucket}`;
    const answer = await fetch(address, { credentials: "omit" });
    if (!answer.ok) throw new Error(String(answer.status));
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    const proof = made.querySelector("parvis-proof");
    if (!proof) throw new Error("nothing to show");
    const graph = made.querySelector('script[type="application/ld+json"]');
    place.replaceChildren(document.adoptNode(proof), ...(graph ? [document.adoptNode(graph)] : []));
    open(proof);
    watch(proof);
  }

  /* Nothing came: the reserved height goes as soon as nobody sees it go, so that nothing moves under a reader's eyes. */
  function giveUp(place) {
    const out = new IntersectionObserver(([entry]) => {
      if (entry.isIntersecting) return;
      place.style.minHeight = "0";
      out.disconnect();
    });
    out.observe(place);
  }

  function begin() {
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        fill(target).catch(() => giveUp(target));
      }
    }, { rootMargin: "600px" });
    document.querySelectorAll("[data-parvis]").forEach((place) => near.observe(place));
    document.querySelectorAll("parvis-proof").forEach((proof) => {
      open(proof);
      watch(proof);
    });
  }

  addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
  else begin();
})();

/* What the shop counts, told to itself only: pages, proofs in view, acts on proof. See docs/events.md. */
(() => {
  "use strict";
  const body = document.body;
  const { collect: address, page = "page_view", locale = "", proofLinks } = body.dataset;
  if (!address || !window.crypto) return;
  const acts = ["[data-proof-click]", "[data-proof]", "[data-vote]", "[data-voice] a", "[data-voice] summary", proofLinks];
  const clickable = acts.filter(Boolean).join(", ");
  const waiting = [];
  const seen = new Set();
  const timers = new Map();
  let due = 0;

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  const near = (element, name) => element.closest(`[data-${name}]`)?.dataset[name] || "";
  const surface = (element) => (near(element, "surface") || "page").slice(0, 40);

  function note(kind, element) {
    const event = { id: newId(), kind, at: Date.now() };
    const product = Number(near(element || body, "product"));
    if (product > 0) event.product = product;
    if (element) {
      const voice = Number(near(element, "voice"));
      if (voice > 0) event.voices = [voice];
      event.surface = surface(element);
    }
    if (waiting.push(event) >= 40) send();
    else due = due || setTimeout(send, 5000);
  }

  function referrer() {
    try {
      const { host, hostname } = new URL(document.referrer);
      return host === location.host ? "" : hostname.slice(0, 120);
    } catch {
      return /utm_source=([\w-]{1,60}\.[\w.-]{1,50})/.exec(location.search)?.[1] || "";
    }
  }

  function send() {
    clearTimeout(due);
    due = 0;
    if (!waiting.length) return;
    const batch = { sent: Date.now(), path: location.pathname.slice(0, 300), locale, referrer: referrer() };
    batch.auto = Boolean(navigator.webdriver);
    batch.events = waiting.splice(0);
    const blob = new Blob([JSON.stringify(batch)], { type: "text/plain" });
    if (navigator.sendBeacon?.(address, blob)) return;
    fetch(address, { method: "POST", body: blob, keepalive: true }).catch(() => {});
  }

  // Half of the proof for a second; of one that is taller than the window, half of the window.
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio, intersectionRect } of entries) {
        const enough = intersectionRatio >= 0.5 || intersectionRect.height >= innerHeight / 2;
        if (!enough) stop(target);
        else if (!timers.has(target)) timers.set(target, setTimeout(look, 1000, target));
      }
    },
    { threshold: [0, 0.25, 0.5, 0.75, 1] },
  );

  function stop(proof) {
    clearTimeout(timers.get(proof));
    timers.delete(proof);
  }

  function look(proof) {
    const key = near(proof, "voice") + surface(proof);
    if (!seen.has(key)) note("proof_view", proof);
    seen.add(key);
    watcher.unobserve(proof);
  }

  function watch() {
    for (const proof of document.querySelectorAll("[data-voice]")) {
      watcher.unobserve(proof);
      watcher.observe(proof);
    }
  }

  function begin() {
    note("page_view");
    if (page !== "page_view") note(page);
    watch();
  }

  document.addEventListener("click", ({ target }) => {
    const act = target.closest?.(clickable);
    if (act) note("proof_click", act);
  }, true);
  new MutationObserver(watch).observe(body, { childList: true, subtree: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") return watch();
    [...timers.keys()].forEach(stop);
    send();
  });
  addEventListener("pagehide", send);
  addEventListener("pageshow", ({ persisted }) => persisted && begin());
  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
})();

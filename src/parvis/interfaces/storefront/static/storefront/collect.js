/* What the shop counts, sent to itself only: pages, proofs that were really in view, clicks on proof.

   The body says what page this is (data-page, data-product, data-locale, data-collect); a proof carries data-voice, and the part of
   the page it stands in data-surface. A proof is seen when half of it has been in view for one second. See docs/events.md. */
(() => {
  "use strict";
  const body = document.body;
  const address = body.dataset.collect;
  if (!address || !navigator.sendBeacon || !window.crypto || !crypto.randomUUID) return;
  const product = Number(body.dataset.product) || null;
  const waiting = [];
  const seen = new Set();
  const timers = new Map();

  function note(kind, more = {}) {
    const event = { id: crypto.randomUUID(), kind, at: Date.now() };
    if (product) event.product = product;
    waiting.push(Object.assign(event, more));
    if (waiting.length >= 40) send();
  }

  function send() {
    if (!waiting.length) return;
    const batch = {
      sent: Date.now(),
      path: location.pathname.slice(0, 300),
      locale: body.dataset.locale || "",
      auto: Boolean(navigator.webdriver),
      events: waiting.splice(0, 50),
    };
    try {
      const from = document.referrer ? new URL(document.referrer) : null;
      if (from && from.host !== location.host) batch.referrer = from.hostname.slice(0, 120);
    } catch {
      /* a referrer that is no address is no referrer */
    }
    navigator.sendBeacon(address, new Blob([JSON.stringify(batch)], { type: "text/plain" }));
  }

  const surfaceOf = (element) => element.closest("[data-surface]")?.dataset.surface || "page";
  const voiceOf = (element) => Number(element.closest("[data-voice]")?.dataset.voice) || null;

  function told(kind, element) {
    const more = { surface: surfaceOf(element) };
    const voice = voiceOf(element);
    if (voice) more.voices = [voice];
    note(kind, more);
  }

  const watcher =
    "IntersectionObserver" in window
      ? new IntersectionObserver(
          (entries) => {
            for (const entry of entries) {
              const target = entry.target;
              // Half of the proof, or half of the window for a proof that is taller than it.
              const enough = entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= window.innerHeight / 2;
              if (enough && !timers.has(target)) {
                timers.set(
                  target,
                  setTimeout(() => {
                    watcher.unobserve(target);
                    if (document.visibilityState !== "visible" || seen.has(target.dataset.voice)) return;
                    seen.add(target.dataset.voice);
                    told("proof_view", target);
                  }, 1000),
                );
              } else if (!enough && timers.has(target)) {
                clearTimeout(timers.get(target));
                timers.delete(target);
              }
            }
          },
          { threshold: [0, 0.25, 0.5, 0.75, 1] },
        )
      : null;

  function watch(root) {
    if (watcher) root.querySelectorAll("[data-voice]").forEach((proof) => watcher.observe(proof));
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("[data-vote], [data-proof], .thumbs a, [data-voice] a, .rating-bars a, .pros-cons a")) {
      told("proof_click", target);
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => watch(event.target.parentElement || document));
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
  window.addEventListener("pagehide", send);
  setInterval(send, 5000);

  const page = body.dataset.page || "page_view";
  note("page_view");
  if (page !== "page_view") note(page);
  watch(document);
})();

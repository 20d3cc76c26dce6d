/* Small comforts of the shop; every page works without them. */
(() => {
  "use strict";
  const set = (selector, words) => document.querySelectorAll(selector).forEach((element) => (element.textContent = words));

  /* The total follows the way of delivery at once; the server checks it again when the order is sent. */
  document.addEventListener("change", (event) => {
    const way = event.target instanceof Element ? event.target.closest("[data-way]") : null;
    if (!way) return;
    set("[data-total], [data-total-button]", way.dataset.way);
    set("[data-shipping]", way.dataset.wayShipping);
  });

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
  });
})();

/* The assistant: one question for one press, the box ready for the next one, and a thread that stays true. */
(() => {
  "use strict";
  const thread = () => document.querySelector("#answer[data-thread]");

  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target instanceof Element ? event.target.closest("[data-ask], .next") : null;
    if (!form) return;
    event.detail.parameters.key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const aspect = event.detail.triggeringEvent?.submitter?.dataset.aspect;
    if (aspect) event.detail.parameters.aspect = aspect;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target instanceof Element ? event.target.closest("[data-ask]") : null;
    if (!form || !event.detail.successful) return;
    const box = form.querySelector("[name=q]");
    if (box && !document.querySelector("#answer .notice--caution")) box.value = "";
  });

  /* What the language model writes, sentence by sentence; the server has checked each. */
  const write = async (place) => {
    const address = place.dataset.written;
    delete place.dataset.written;
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || !answer.body) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += value ?? "";
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines.filter(Boolean)) {
        const { text, cites } = JSON.parse(line);
        const words = document.createElement("p");
        words.textContent = text;
        for (const rank of cites) {
          const cite = document.createElement("a");
          cite.className = "cite";
          cite.href = `#p-${place.closest(".turn").id.slice(5)}-${rank}`;
          cite.textContent = rank;
          words.append(" ", cite);
        }
        place.insertBefore(words, place.lastElementChild);
        place.hidden = false;
      }
      if (done) return;
    }
  };
  const begin = () => document.querySelectorAll("[data-written]").forEach((place) => {
    place.hidden = true;
    write(place).catch(() => {});
  });
  document.addEventListener("htmx:afterSettle", begin);
  begin();

  /* Another window asked, a person answered, a voice was withdrawn: the thread on screen follows, unless somebody is
     typing in it. */
  const follow = () => {
    const here = thread();
    if (!here || document.hidden || here.contains(document.activeElement)) return;
    const address = `${here.dataset.thread}?seen=${encodeURIComponent(here.dataset.seen)}`;
    window.htmx?.ajax("GET", address, { target: "#answer", swap: "outerHTML" });
  };
  setInterval(follow, 15000);
  document.addEventListener("visibilitychange", follow);
})();

/* How long the articles are still kept. The server says how many seconds are left; what passes is counted here by two
   clocks, of which the one that ran further counts: a phone that slept, or whose clock was set back, shows no more time
   than there is. */
(() => {
  "use strict";
  const place = document.querySelector("[data-hold]");
  if (!place) return;
  const find = (name) => place.querySelector(`[data-hold-${name}]`);
  const given = Number(place.dataset.hold);
  const began = { steady: performance.now(), wall: Date.now() };
  const said = find("said");
  let told = given > 120 ? "" : "two";
  const say = (name) => {
    if (told === name) return;
    told = name;
    said.textContent = said.dataset[name];
  };
  const tick = () => {
    const passed = Math.max(performance.now() - began.steady, Date.now() - began.wall) / 1000;
    const left = Math.max(0, Math.ceil(given - passed));
    const clock = find("clock");
    clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
    clock.dateTime = `PT${left}S`;
    find("clock-line").hidden = false;
    find("running").hidden = left === 0;
    find("over").hidden = left > 0;
    if (left === 0) {
      say("over");
      clearInterval(timer);
    } else if (left <= 120) say("two");
  };
  const timer = setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  /* A page that comes back from the browser's memory asks the server how things stand. */
  addEventListener("pageshow", (event) => event.persisted && location.replace(location.href));
  if (given > 0) tick();
})();

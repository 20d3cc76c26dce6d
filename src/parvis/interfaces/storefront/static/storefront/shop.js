/* Small comforts of the shop; every page works without them. */
(() => {
  "use strict";
  const set = (selector, words) => document.querySelectorAll(selector).forEach((element) => (element.textContent = words));

  /* The total follows the way of delivery at once; the server checks it again when the order is sent. */
  document.addEventListener("change", (event) => {
    const way = event.target instanceof Element ? event.target.closest("[data-way]") : null;
    if (!way) return;
    set(".totals dd.totals__sum, [data-total-button]", way.dataset.way);
    set("[data-shipping]", way.dataset.wayShipping);
  });

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
  });
})();

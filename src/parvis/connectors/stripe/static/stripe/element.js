// The Payment Element: the library comes from Stripe only when a payment is to be made, and knows this payment only.
const place = document.querySelector("[data-pay-element]");
if (place) {
  const set = JSON.parse(document.getElementById("pay-element").textContent);
  const form = place.closest("form");
  const told = form.querySelector("[data-pay-problem]");
  const button = form.querySelector("button[type=submit]");
  const say = (text) => {
    told.textContent = text;
    told.hidden = !text;
  };
  const failed = () => {
    button.disabled = true;
    say(place.dataset.unreachable);
  };
  const library = document.createElement("script");
  library.src = set.library;
  library.onerror = failed;
  library.onload = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const stripe = window.Stripe(set.key, { locale: set.locale });
    const elements = stripe.elements({
      clientSecret: set.secret,
      appearance: { theme: dark ? "night" : "stripe" },
    });
    elements.create("payment").mount(place);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      say("");
      let done = {};
      try {
        done = await stripe.confirmPayment({ elements, confirmParams: { return_url: set.returnUrl } });
      } catch {
        // the connection was lost: the button must work again
      }
      // only a problem comes back here: a payment leads to the return address
      say(done.error?.message || place.dataset.unreachable);
      button.disabled = false;
      told.focus();
    });
    button.disabled = false;
  };
  document.head.append(library);
}

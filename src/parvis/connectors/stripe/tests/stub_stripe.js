// A stand-in for Stripe's library, as far as the shop's page calls it. It reaches what the true one reaches (a frame of
// Stripe's, the API), so that the page's policy is tried, and also what it never should.
window.Stripe = (key, options) => {
  window.told = { key, options };
  return {
    elements: (given) => {
      window.told.elements = given;
      return {
        create: (kind) => ({
          mount: (place) => {
            window.told.kind = kind;
            const number = document.createElement("input");
            number.setAttribute("aria-label", "Card number");
            const frame = document.createElement("iframe");
            frame.src = "https://js.stripe.com/v3/frame.html";
            frame.title = "Secure payment input frame";
            const strange = document.createElement("iframe");
            strange.src = "https://elsewhere.test/frame.html";
            strange.title = "Strange";
            frame.hidden = strange.hidden = true;
            place.append(number, frame, strange);
            fetch("https://elsewhere.test/steal").catch(() => {});
          },
        }),
      };
    },
    confirmPayment: async ({ confirmParams }) => {
      const number = document.querySelector("[aria-label='Card number']").value;
      if (number === "unreachable") throw new Error("network");
      const answer = await fetch("https://api.stripe.com/v1/confirm", {
        method: "POST",
        body: JSON.stringify({ secret: window.told.elements.clientSecret, number }),
      });
      const seen = await answer.json();
      if (seen.error) return { error: seen.error };
      location.assign(seen.next || confirmParams.return_url);
      return new Promise(() => {});
    },
  };
};

"""Stripe as payment provider: PaymentIntents with manual capture, through an own small client (httpx is here anyway;
the vendor's library would add 0.2 s to each start, for what are a dozen forms).

Card numbers never come to us: the Payment Element takes cards and wallets in the browser.
"""

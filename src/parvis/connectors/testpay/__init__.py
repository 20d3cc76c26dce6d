"""A payment provider for trying things out: it behaves like a real one and moves no money.

Its own tables, test cards with known outcomes, a challenge page, refunds, and signed webhooks that come over HTTP, at
times twice and at times late. Real card numbers are refused, so that nobody's card is ever typed into a demo.
"""

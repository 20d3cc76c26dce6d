"""The agentic commerce protocol (release 2026-04-17): a thin adapter over the one checkout session.

It translates: requests into what checkout understands, sessions and orders into the protocol's documents. What may be
bought, what it costs and whether it can be paid is decided by checkout alone.
"""

VERSION = "2026-04-17"
VERSIONS = (VERSION,)  # newest first

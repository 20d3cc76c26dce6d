"""The protocol itself: messages, versions, transport. Knows nothing of the shop.

Both eras are spoken at one address: 2026-07-28, where every request carries all it needs, and 2025-11-25 (and
2025-06-18), which begin with ``initialize``; as no session is kept, those need none either.
"""

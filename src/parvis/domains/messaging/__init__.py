"""Outgoing mail: written once under a key, sent once or not at all, never to who said no."""

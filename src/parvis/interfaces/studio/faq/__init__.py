"""Frequent questions in the studio: the desk, one entry, and what is decided about it."""

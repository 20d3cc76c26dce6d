"""Texts in the brand's tone: drafts, the tone they follow, what may not be claimed."""

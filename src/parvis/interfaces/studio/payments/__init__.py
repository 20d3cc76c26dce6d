"""Payments: what the provider's books and ours tell differently, disputes, and attempts with tried-out cards."""

"""Webhooks out: what happened, told to the brand's own back ends; signed by the Standard Webhooks scheme, retried."""

"""What happens on the shop, counted: the event log, the metrics defined on it, and what they say."""

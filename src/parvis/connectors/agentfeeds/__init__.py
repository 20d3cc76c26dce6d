"""Products pushed to the feeds of agents' platforms, only those that changed (ACP's openapi.feed.yaml)."""

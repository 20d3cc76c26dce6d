"""What programs open of the shop: crawlers, answer engines and, later, agents that buy."""

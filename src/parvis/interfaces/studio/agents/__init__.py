"""Shopping agents: what they ask, what comes of it, and the brand's word on each of them."""

"""A server of the Model Context Protocol: AI assistants search, read proof, ask, and prepare a purchase."""

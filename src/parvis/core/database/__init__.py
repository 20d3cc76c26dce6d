"""Django's PostgreSQL backend with two shorter ways; Django looks for ``base`` in here."""

"""One folder a domain: its tables, its rules, and the doors by which others enter."""

"""Evidence as programs read it: structured data for pages, and plain text."""

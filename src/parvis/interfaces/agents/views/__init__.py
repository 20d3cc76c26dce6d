"""One file for each kind of document."""

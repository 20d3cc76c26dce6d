"""Whether programs can find, read and quote a page: markup, pages as a crawler reads them, answers simulated."""

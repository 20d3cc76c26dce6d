"""The studio: where the brand's team sees what converts, decides what is shown, sells, ships and looks after people."""

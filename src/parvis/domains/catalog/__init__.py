"""What is sold: products, their variants, prices with their history, and the one truth about stock."""

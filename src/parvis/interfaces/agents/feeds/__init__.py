"""The catalogue as files that shopping engines and assistants take: products with questions and proof, and reviews."""

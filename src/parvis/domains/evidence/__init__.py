"""Evidence: public voices as proof; what each product's voices say, the most useful first, and answers with quotes.

Everything here is derived from published voices and can be rebuilt at will.
"""

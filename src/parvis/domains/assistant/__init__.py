"""The assistant answers shoppers before they buy: in other people's words, from the shop's own records, or not at all.

It keeps conversations, grades each answer by what came of it, and hands over to people with all that was said.
"""

"""The Universal Commerce Protocol (UCP): discovery, negotiation, catalogue with proof, carts, checkout and orders.

A thin adapter: it reads the protocol's shapes, calls the same verbs as every other door, and writes its shapes.
"""

"""A small skincare range in French beside the clothing: products, reviews, questions and short films, all of them
written and drawn by the project for the demonstration, and labelled so wherever they are shown."""

from parvis.connectors.demo.skincare.setup import stock_up

__all__ = ["stock_up"]

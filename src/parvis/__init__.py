"""Parvis: the social commerce platform that a brand runs itself."""

__version__ = "0.1.0"

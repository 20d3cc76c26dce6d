"""Proof on other sites: HTML that stands in their pages, its script, and the count of looks and clicks."""

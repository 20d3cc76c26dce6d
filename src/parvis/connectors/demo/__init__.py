"""The demo shop: a real data set of reviews, drawn pictures, and a documented model of behaviour (docs/demo.md)."""

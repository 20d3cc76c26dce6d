"""The catalogue of metrics: every figure that Parvis shows is defined here, once."""

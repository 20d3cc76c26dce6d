"""For those who run Parvis: health, readiness, metrics, request ids, errors as pages."""

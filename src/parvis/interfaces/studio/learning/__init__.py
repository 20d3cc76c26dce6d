"""The models that read: what the shipped ones are measured at, and stars taught by the brand's own reviews."""

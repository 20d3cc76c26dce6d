"""Pure decisions of analytics: what a beacon may say, who counts as a machine, what is kept of a person."""

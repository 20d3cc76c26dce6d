"""What analytics can be asked."""

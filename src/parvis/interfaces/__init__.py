"""What people and programs open: these packages compose domains and hold no rules."""

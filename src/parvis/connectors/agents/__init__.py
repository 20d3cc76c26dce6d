"""What passes between the shop and shopping agents, whatever protocol they speak: the journal of their requests."""

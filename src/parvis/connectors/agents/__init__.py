"""What passes between the shop and shopping agents, whatever protocol they speak: the journal of what they ask, and
news of the orders they placed."""

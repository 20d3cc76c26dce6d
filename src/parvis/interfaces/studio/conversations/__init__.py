"""What shoppers ask the assistant: how it ends, what nobody has said, and who waits for a person."""

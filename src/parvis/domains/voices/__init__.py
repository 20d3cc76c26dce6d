"""What people say: reviews, questions, answers; their reading, their moderation, the votes they got."""

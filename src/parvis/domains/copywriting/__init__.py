"""Texts in the brand's tone: drafts whose every sentence leans on a fact or on what people said, checked against the
law, approved by a person, published, and called in question when their support goes."""

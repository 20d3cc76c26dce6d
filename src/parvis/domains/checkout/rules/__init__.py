"""Pure decisions: what may follow what, what is owed, where we ship."""

"""Pure decisions: what is asked, who agrees, which size, what a sentence may say, how it ended."""

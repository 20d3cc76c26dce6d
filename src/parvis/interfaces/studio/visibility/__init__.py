"""Being found and quoted: scores of pages with what would raise them, programs that read, people sent by assistants."""

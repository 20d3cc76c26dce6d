"""Pure decisions of copywriting, one file a subject."""

"""The `parvis` command: one file a family of commands."""

"""`python -m parvis.interfaces.cli` is the `parvis` command."""

from parvis.interfaces.cli.main import run

run()

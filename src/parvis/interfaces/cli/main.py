"""The `parvis` command itself: what it offers, and how its errors are told."""

import os
import sys

import typer

from parvis.core.errors import ParvisError
from parvis.interfaces.cli import (
    answers,
    batch,
    checkup,
    data,
    events,
    feeds,
    keep,
    learn,
    mail,
    payments,
    regulator,
    serve,
    shop,
)

app = typer.Typer(
    name="parvis",
    help=(
        "Parvis: the social commerce platform that a brand runs itself.\n\n"
        "Start with [bold]parvis serve --demo[/bold]: a shop on real reviews, in a few minutes. "
        "Every command explains itself with --help; those that report take --json."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
RUN, DATA, WATCH, KEEP = "Run", "Data", "Look", "Keep"
app.command(rich_help_panel=RUN)(serve.setup)
app.command(rich_help_panel=RUN)(serve.serve)
app.command(rich_help_panel=RUN)(serve.worker)
app.command("import", rich_help_panel=DATA)(data.import_)
app.command(rich_help_panel=DATA)(data.read)
app.command(rich_help_panel=DATA)(learn.learn)
app.command(rich_help_panel=DATA)(shop.simulate)
app.command(rich_help_panel=DATA)(shop.staff)
batch.app.command("answers")(answers.answers)
app.add_typer(batch.app, name="batch", rich_help_panel=DATA)
app.add_typer(payments.app, name="checkout", rich_help_panel=WATCH)
app.command(rich_help_panel=WATCH)(events.events)
app.command(rich_help_panel=WATCH)(events.metrics)
app.command(rich_help_panel=WATCH)(mail.mail)
app.command(rich_help_panel=WATCH)(checkup.check)
app.command(rich_help_panel=WATCH)(feeds.feeds)
app.command(rich_help_panel=WATCH)(regulator.record)
app.command(rich_help_panel=KEEP)(keep.backup)
app.command(rich_help_panel=KEEP)(keep.restore)


def run() -> None:
    """Run the command line; an expected error is one clear message and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
    try:
        app()
    except ParvisError as error:
        typer.secho(str(error), err=True, fg="red")
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)

"""`leasectl options`: the flags that every command takes."""

from __future__ import annotations

import typer

from leasectl.cli import options
from leasectl.cli.help import Command, records

EXAMPLES = """
Examples:
  # Another cluster, and a namespace of it
  leasectl get --context staging -n payments
  # What somebody else may see; no longer than five seconds
  leasectl get -A --as ci --request-timeout 5s
"""

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def global_options(ctx: typer.Context) -> None:
    """The flags that every command takes, wherever they stand on the line."""
    root = ctx.parent
    if root is None:
        raise AssertionError("options runs below the root command")
    typer.echo("The following options can be passed to any command:\n")
    formatter = root.make_formatter()
    formatter.write_dl(records(root.command.params, root))
    typer.echo(formatter.getvalue().rstrip())

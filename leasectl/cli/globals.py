"""`leasectl options`: the flags that every command takes."""

from __future__ import annotations

import typer

from leasectl.cli import options

app = options.new_app()


@app.command(context_settings=options.HELP)
def global_options(ctx: typer.Context) -> None:
    """The flags that every command takes, wherever they stand on the line."""
    root = ctx.parent
    if root is None:
        raise AssertionError("options runs below the root command")
    typer.echo("The following options can be passed to any command:\n")
    formatter = root.make_formatter()
    formatter.write_dl([record for parameter in root.command.params if (record := parameter.get_help_record(root))])
    typer.echo(formatter.getvalue().rstrip())

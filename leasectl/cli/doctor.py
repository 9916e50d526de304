"""`leasectl doctor`: what stands in the way of leasectl, and of who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leasectl.cli import options, times
from leasectl.cli.help import Command

if TYPE_CHECKING:
    from leasectl.cli.session import Session

EXAMPLES = """
Examples:
  # What stands in the way, from the kubeconfig to the leases
  leasectl doctor
  # For a bug report: without names of clusters, users, leases or machines
  leasectl doctor --redact
  # Is it the other context that works?
  leasectl doctor --context staging
  # How often elections are renewed, seen for a while
  leasectl doctor --observe 20s
  # What is it like on a simulated cluster in trouble?
  leasectl demo doctor
  # For a program: only what is not as it should be
  leasectl doctor -o json | jq '.findings[] | select(.level != "ok")'

It writes nothing: it reads, and asks the server by reviews (SelfSubjectReview,
SelfSubjectAccessReview), which are POSTs that change nothing.

Output: text, json, yaml

Exit codes: the worst line's: 0 ok, 1 warning, 2 failed; 3 wrong usage
"""

Output = Annotated[str, typer.Option("--output", "-o", metavar="FORMAT", help="text, json, yaml.")]
Redact = Annotated[bool, typer.Option("--redact", help="Placeholders for names, for bug reports.")]
Timeout = Annotated[str, typer.Option("--timeout", metavar="DURATION", help="For all of it.")]

app = options.new_app()


@app.command(cls=Command, epilog=EXAMPLES, context_settings=options.HELP)
def doctor(
    ctx: typer.Context,
    output: Output = "text",
    redact: Redact = False,
    timeout: Timeout = "10s",
    observe: options.Observe = None,
) -> None:
    """Tell what stands in the way: kubeconfig, connection, rights, clocks, leases in trouble; and what to do."""
    from leasectl.cli.doctoring import examining, steps, telling

    session: Session = ctx.obj
    tell = telling.teller(output, session, redact=redact)
    what = steps.Examination(times.timeout_s(timeout), times.observation_s(observe))
    raise typer.Exit(examining.run(what, tell, telling.silent(session) if redact else session))

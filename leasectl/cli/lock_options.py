"""The flags of `lock` alone."""

from __future__ import annotations

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(metavar="NAME", help="NAME, NAMESPACE/NAME, lease/NAME.")]
Words = Annotated[list[str], typer.Argument(metavar="-- COMMAND [ARG...]", help="What to run, and its arguments.")]
Wait = Annotated[
    str,
    typer.Option(
        "--wait",
        metavar="DURATION|0|forever",
        help="For how long to stand for it; 0: one try.",
    ),
]
Leader = Annotated[
    bool, typer.Option("--leader", help="Stay a standby, lead where it is won, stand again where it is lost.")
]
LeaseDuration = Annotated[
    str, typer.Option("--lease-duration", metavar="DURATION", help="How long others wait for a holder that is gone.")
]
RenewDeadline = Annotated[
    str,
    typer.Option(
        "--renew-deadline", metavar="DURATION", help="How long the command goes on where nothing can be renewed."
    ),
]
RetryPeriod = Annotated[
    str, typer.Option("--retry-period", metavar="DURATION", help="Between two renewals, or two tries to get it.")
]
Identity = Annotated[
    str | None,
    typer.Option("--identity", metavar="ID", help="As whom; HOST_PID_UUID unless told. It has to be nobody else's."),
]
Signal = Annotated[str, typer.Option("--signal", metavar="NAME", help="What asks the command to end.")]
KillAfter = Annotated[
    str, typer.Option("--kill-after", metavar="DURATION", help="How long it is let then, before it is killed.")
]
Delete = Annotated[bool, typer.Option("--delete", help="Remove the lease at the end; else it stays, and is free.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Say what happens, on stderr.")]

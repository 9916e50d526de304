"""The flags of `expire-check` alone."""

from __future__ import annotations

from typing import Annotated

import typer

Grace = Annotated[list[str] | None, typer.Option("--grace", metavar="[KIND=]AGE,...", help="Past the duration.")]
Warn = Annotated[
    list[str] | None,
    typer.Option("--warn", metavar="[KIND=]AGE,...", help="WARNING from this age on, whatever its state."),
]
Crit = Annotated[list[str] | None, typer.Option("--crit", metavar="[KIND=]AGE,...", help="CRITICAL beyond this age.")]
RequireHolder = Annotated[
    str,
    typer.Option(
        "--require-holder", metavar="true|false", help="Somebody has to hold it; so of elections in kube-system."
    ),
]
ExpectHolder = Annotated[str, typer.Option("--expect-holder", metavar="GLOB", help="CRITICAL if somebody else does.")]
MaxStale = Annotated[str, typer.Option("--max-stale", metavar="N|P%", help="So many CRITICAL ones are a WARNING.")]
MinMatches = Annotated[int, typer.Option("--min-matches", metavar="N", min=0, help="UNKNOWN if fewer match.")]
AllowEmpty = Annotated[bool, typer.Option("--allow-empty", help="Nothing that matches is OK.")]
AllowPartial = Annotated[bool, typer.Option("--allow-partial", help="A part may be forbidden.")]
Timeout = Annotated[str, typer.Option("--timeout", metavar="DURATION", help="UNKNOWN if it takes longer.")]
Output = Annotated[
    str,
    typer.Option("--output", "-o", metavar="FORMAT", show_default=False, help="text, nagios, json, prometheus, junit."),
]
OutputFile = Annotated[str, typer.Option("--output-file", metavar="FILE", help="Written beside it, then renamed.")]
MaxLines = Annotated[int, typer.Option("--max-lines", metavar="N", min=0, help="So many leases at most; 0 for all.")]

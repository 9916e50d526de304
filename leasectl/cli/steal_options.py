"""The flags of `steal` alone."""

from __future__ import annotations

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(metavar="NAME", help="NAME, NAMESPACE/NAME, lease/NAME.")]
Force = Annotated[bool, typer.Option("--force", help="From a holder that lives, too.")]
ThenWhat = Annotated[
    str | None,
    typer.Option("--then", metavar="WHAT", help="lapse (unless told), hold or release: see above."),
]
For = Annotated[str | None, typer.Option("--for", metavar="DURATION", help="With --then hold: for so long.")]
To = Annotated[str | None, typer.Option("--to", metavar="ID", help="Hold it for the whole fence, then hand it over.")]
Identity = Annotated[str | None, typer.Option("--identity", metavar="ID", help="As whom: ID_leasectl_RANDOM.")]
IfHolder = Annotated[str | None, typer.Option("--if-holder", metavar="ID", help="Only if this one holds it.")]
Duration = Annotated[
    str | None, typer.Option("--duration", metavar="DURATION", help="To go by, where the lease's own will not do.")
]
RenewInterval = Annotated[
    str | None, typer.Option("--renew-interval", metavar="DURATION", help="How often its holder renews, if you know.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Into the Event and an annotation.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[str, typer.Option("--dry-run", metavar="none|client|server", help="Write nothing.")]
Wait = Annotated[bool, typer.Option("--wait", help="Until somebody else leads; the gap is told.")]
Timeout = Annotated[str | None, typer.Option("--timeout", metavar="DURATION", help="Wait no longer than that.")]
NoObserve = Annotated[bool, typer.Option("--no-observe", help="Believe the clocks, do not look for yourself.")]
Output = Annotated[str, typer.Option("--output", "-o", metavar="FORMAT", show_default=False, help="text or json.")]

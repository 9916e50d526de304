"""What a reading command was asked for."""

from __future__ import annotations

from msgspec import Struct, field

from leasectl.lease.errors import UsageError
from leasectl.lease.select import Filter


class Request(Struct, frozen=True):
    """What to read, and which of it is wanted: the flags of a reading command.

    Attributes:
        names: the arguments.
        all_namespaces: `-A`.
        labels: `-l`.
        fields: `--field-selector`.
        source: `--from`: a dump to read instead of a cluster.
        at: `--at`: when to judge a dump.
        observe_s: `--observe`: for how many seconds to look; 0 for one look.
        wanted: the filter.
        ignore_not_found: whether an absent name is no error.
        objects: whether the leases' own bytes are wanted.
        chunk_size: `--chunk-size`: how many leases to ask for at once; 0 for all.
    """

    names: list[str]
    all_namespaces: bool = False
    labels: str = ""
    fields: str = ""
    source: str | None = None
    at: str | None = None
    observe_s: float = 0.0
    wanted: Filter = field(default_factory=Filter)
    ignore_not_found: bool = False
    objects: bool = False
    chunk_size: int = 0


def refuse_what_is_no_watch(request: Request) -> None:
    """UsageError, with the reason, for what `get` can be asked and a watch cannot."""
    if request.source is not None:
        raise UsageError("error: --watch waits for what is written to a cluster; nobody writes to a dump: no --from")
    if request.at is not None:
        raise UsageError("error: --watch judges each lease as of when it is written: no --at")
    if request.observe_s:
        raise UsageError(
            "error: --watch prints each lease as it is written, --observe looks for a while and prints once: "
            "one of them; `watch` is the command that sees for itself who is alive"
        )

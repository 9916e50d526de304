"""In which format a diagnosis is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from leasectl.cli import words
from leasectl.show.doctor import document, page
from leasectl.show.doctor.look import Look

if TYPE_CHECKING:
    from leasectl.cli.doctoring.examining import Teller
    from leasectl.cli.session import Session
    from leasectl.lease.doctor.finding import Diagnosis

TEXT = "text"
_DOCUMENTS = {"json": document.as_json, "yaml": document.as_yaml}
FORMATS = (TEXT, *_DOCUMENTS)


def teller(form: str, session: Session, *, redact: bool) -> Teller:
    """What tells a diagnosis on stdout; UsageError where there is no such format."""
    form = form.lower() or TEXT
    if form not in FORMATS:
        raise words.no_format(f'"{form}"', sorted(FORMATS))
    streams = session.streams
    look = Look(
        width=streams.width if streams.terminal else None,
        colour=streams.colour,
        marks=streams.terminal and not streams.ascii_only and session.environ.get("TERM") != "dumb",
        terminal=streams.terminal,
        redact=redact,
        program=session.program,
        again=session.program.split() if redact else session.again,
    )

    def tell(diagnosis: Diagnosis) -> None:
        if form == TEXT:
            streams.lines(page.render(diagnosis, look))
        else:
            streams.data(_DOCUMENTS[form](diagnosis, look))

    return tell


def silent(session: Session) -> Session:
    """The same run, whose talk nobody hears: what a plugin says on stderr may be names."""
    nowhere = open(os.devnull, "wb")  # noqa: PTH123, SIM115 - for as long as we run
    return replace(session, streams=replace(session.streams, stderr=nowhere, talk_on_terminal=False))

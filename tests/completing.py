"""What is answered to a shell: words in, values and a directive out."""

from __future__ import annotations

import io
from typing import NamedTuple

from leasectl.cli.clock import SystemClock
from leasectl.cli.completing import complete
from leasectl.cli.session import Session
from leasectl.cli.streams import Streams
from tests.processes import LEASECTL, run

DEFAULT, NO_SPACE, NO_FILES = 0, 2, 4


class Answer(NamedTuple):
    """The values, without what is said about them, and the directive."""

    values: list[str]
    directive: int


def answered(*words: str) -> Answer:
    """The answer where there is no cluster and no kubeconfig."""
    stdout, stderr = io.BytesIO(), io.BytesIO()
    streams = Streams(io.BytesIO(), stdout, stderr, terminal=False, talk_on_terminal=False, width=80, colour=False)
    assert complete.run(words, Session("leasectl", streams, SystemClock(), {"HOME": "/nonexistent"})) == 0
    assert stderr.getvalue() == b""
    return read(stdout.getvalue().decode())


def asked(*words: str, **environ: str) -> Answer:
    """The answer of the installed program; it says nothing on stderr."""
    return read(printed(*words, **environ))


def printed(*words: str, **environ: str) -> str:
    """The same as it is printed."""
    ended = run([LEASECTL, "__complete", *words], stdin=b"", **environ)
    assert (ended.code, ended.stderr) == (0, "")
    return ended.stdout


def read(text: str) -> Answer:
    """An answer as it is printed."""
    *lines, last = text.splitlines()
    assert last.startswith(":"), text
    return Answer([line.partition("\t")[0] for line in lines], int(last[1:]))

"""Who stands by while a connection is made: a plugin may have to ask or to tell them something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Attendant(Struct, frozen=True):
    """The run's surroundings, as far as a connection depends on them.

    Attributes:
        at_terminal: whether stdin is a terminal, with a person before it.
        watched: whether stderr is one, where a person reads each line as it comes.
        say: takes a line of talk, for stderr.
        environ: the environment: KUBECONFIG, proxies, and what a plugin's own starts from.
        request_timeout_s: `--request-timeout`; 0 for none.
    """

    at_terminal: bool
    watched: bool
    say: Callable[[str], None]
    environ: Mapping[str, str]
    request_timeout_s: float = 0.0

"""Signals that end us, while a plugin runs that would live on: it is ended first."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class _Ended(BaseException):
    """A signal that ends us came while a plugin ran."""


class EndingSignals:
    """Signals are answered at the end of a `with`: until then the plugin can be ended, which would live on.

    It is in a process group of its own. One that comes while it is started or ended waits until that is done; one that
    comes between `may_come` and `may_not_come` interrupts. Those that are ignored stay so.
    """

    def __init__(self) -> None:
        self._came: list[int] = []
        self._may_come = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # elsewhere they are not ours to handle
            before = {number: signal.getsignal(number) for number in _ENDING}
            self._before = {number: was for number, was in before.items() if was not in {signal.SIG_IGN, None}}
            for number in self._before:
                signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        for number, was in self._before.items():
            signal.signal(number, was)
        for came in self._came:
            signal.raise_signal(came)
        return kind is _Ended

    def may_come(self) -> None:
        """From now on a signal, or one that waited, interrupts."""
        self._may_come = True
        if self._came:
            raise _Ended

    def may_not_come(self) -> None:
        """From now on a signal waits."""
        self._may_come = False

    def _note(self, number: int, _frame: object) -> None:
        self._came.append(number)
        if self._may_come:
            raise _Ended

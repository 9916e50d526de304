"""Signals that end a run, or stop it for a while, so that it leaves things as it found them."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """Let TERM, HUP and QUIT unwind the stack as Ctrl-C does, so that nothing is left behind."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    with _handled(dict.fromkeys((signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT), end)):
        yield


@contextmanager
def stopping_cleanly(suspend: Callable[[], None], resume: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-Z give the terminal back before it stops us, and take it again when we go on."""

    def stop(number: int, _frame: FrameType | None) -> None:
        suspend()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(number, stop)  # the shell let us go on
        resume()

    with _handled({signal.SIGTSTP: stop}):
        yield


@contextmanager
def held_back() -> Iterator[None]:
    """Let nothing end what is short and has to be finished; whatever came meanwhile ends us right after it."""
    came: list[int] = []

    def keep(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    with _handled(dict.fromkeys(_ENDING, keep)):
        yield
    if came:
        signal.raise_signal(came[0])


@contextmanager
def passed_on(to: Callable[[int], None]) -> Iterator[list[int]]:
    """Hand what is meant for the whole run to a command that runs in it; gives the list of what came."""
    came: list[int] = []

    def hand(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        to(number)

    with _handled(dict.fromkeys((*_ENDING, signal.SIGUSR1, signal.SIGUSR2, signal.SIGTSTP), hand)):
        yield came


@contextmanager
def standing_by() -> Iterator[None]:
    """Let signals that mean something to a command alone be none to a run that waits to run it.

    Nor is it stopped for what it says (`stty tostop`): it may hold a lock by then.
    """

    def none(_number: int, _frame: FrameType | None) -> None:
        return

    output = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with _handled(dict.fromkeys((signal.SIGUSR1, signal.SIGUSR2), none)):
            yield
    finally:
        signal.signal(signal.SIGTTOU, output)


@contextmanager
def _handled(handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    """Those that are ignored already, as under nohup, stay so."""
    heeded = {number: handler for number, handler in handlers.items() if signal.getsignal(number) != signal.SIG_IGN}
    before = {number: signal.signal(number, handler) for number, handler in heeded.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

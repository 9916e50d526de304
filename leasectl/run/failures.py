"""An elector's requests, and what an error of one means to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from leasectl.lease.elector import Failure
from leasectl.lease.errors import BadAnswer, ConnectionFailed, LeasectlError, StatusError

if TYPE_CHECKING:
    from collections.abc import Callable

Answered = TypeVar("Answered")

_NOT_FOUND, _CONFLICT, _SERVER_ERROR = 404, 409, 500
_NOT_YET = {408, 429}  # the server did not act, and may if it is asked again
_NO_RIGHT = {401, 403}


def failure_of(error: LeasectlError, *, writes: bool, creates: bool, was_granted: bool = False) -> Failure | None:
    """What an error means to an elector; None for what never came as far as the server.

    A create that finds nothing is one into a namespace that is not there. A right that was there before may be back
    soon: an API server that has just started knows of none for a moment.
    """
    match error:
        case StatusError(code=code) if code in _NO_RIGHT and was_granted:
            return Failure.NO_ANSWER
        case StatusError(code=code) if code >= _SERVER_ERROR or code in _NOT_YET:
            return Failure.NO_ANSWER
        case StatusError(code=code) if writes and (code == _CONFLICT or (code == _NOT_FOUND and not creates)):
            return Failure.CONFLICT
        case StatusError(code=code):
            return Failure.NO_ANSWER if code == _CONFLICT else Failure.REFUSED
        case ConnectionFailed() | BadAnswer():
            return Failure.NO_ANSWER
        case _:
            return None


class Requests:
    """Those of one elector, one after the other.

    Attributes:
        trouble: the words of the last that failed; empty once one succeeded.
        has_lost_race: whether it failed because somebody else wrote first, as happens to whoever contends.
        refusal: the last that will not be granted later either.
    """

    def __init__(self) -> None:
        self.trouble, self.has_lost_race = "", False
        self.refusal: LeasectlError | None = None
        self._granted: set[tuple[bool, bool]] = set()

    def send(
        self, ask: Callable[[], Answered], *, leads: bool, writes: bool = False, creates: bool = False
    ) -> Answered | Failure:
        """Send one; what went wrong, where it did, is kept in words.

        Args:
            ask: sends it, and raises LeasectlError where it fails.
            leads: whether the elector does: whoever leads had the right, and goes on until its deadline.
            writes: whether it replaces the lease.
            creates: whether it creates it.
        """
        what = (writes or creates, creates)
        try:
            answer = ask()
        except LeasectlError as error:
            self.trouble = str(error)
            was_granted = leads or what in self._granted
            failure = failure_of(error, writes=what[0], creates=creates, was_granted=was_granted)
            if failure is None:  # nobody can tell whether it lasts: a holder goes on until its deadline
                failure = Failure.NO_ANSWER if leads else Failure.REFUSED
            if failure is Failure.REFUSED:
                self.refusal = error
            self.has_lost_race = failure is Failure.CONFLICT
            return failure
        self.trouble, self.has_lost_race = "", False
        self._granted.add(what)
        return answer

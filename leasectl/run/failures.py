"""What an error of a request means to an elector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease.elector import Failure
from leasectl.lease.errors import BadAnswer, ConnectionFailed, StatusError

if TYPE_CHECKING:
    from leasectl.lease.errors import LeasectlError

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

"""What goes wrong with an expression, in the words of k8s.io/client-go/util/jsonpath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class PathError(ValueError):
    """A template that cannot be read, or that does not fit the document; the message may quote the document.

    Attributes:
        kept: the values that the failed step leaves to a filter that only asks whether there are any.
    """

    def __init__(self, message: str, kept: Sequence[Any] = ()) -> None:
        self.kept = list(kept)
        super().__init__(message)

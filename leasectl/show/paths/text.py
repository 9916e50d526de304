"""`-o jsonpath=TEMPLATE`. Source: PrintResults in k8s.io/client-go/util/jsonpath/jsonpath.go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.show.paths import find
from leasectl.show.paths.values import Literal, printed

if TYPE_CHECKING:
    from collections.abc import Callable

    from leasectl.show.paths.nodes import Template


def render(template: Template, document: Any, shown: Callable[[str], str], *, allow_missing: bool = True) -> str:
    r"""The template's text and, between it, the values that it finds; no newline is added.

    Args:
        template: what `syntax.parse` gave.
        document: decoded JSON.
        shown: what becomes of a value's text; the template's own text stays.
        allow_missing: whether a field that is nowhere gives nothing rather than a PathError.

    Raises PathError. Bytes that are no UTF-8 (`{"\xff"}`) are written with the handler surrogateescape.
    """
    found = find.results(template, document, allow_missing=allow_missing)
    return "".join(" ".join(_text(value, shown) for value in values) for values in found)


def _text(value: Any, shown: Callable[[str], str]) -> str:
    return value if isinstance(value, Literal) else shown(printed(value))

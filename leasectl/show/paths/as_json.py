"""`-o jsonpath-as-json=TEMPLATE`. Source: PrintResults in k8s.io/client-go/util/jsonpath/jsonpath.go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from leasectl.show.paths import find
from leasectl.show.paths.errors import PathError
from leasectl.show.paths.values import TOO_DEEP, json

if TYPE_CHECKING:
    from leasectl.show.paths.nodes import Template


def render(template: Template, document: Any, *, allow_missing: bool = True) -> bytes:
    """A JSON array, indented by four spaces and ended by a newline, for each text and each action of the template.

    The arguments and errors are those of `text.render`.
    """
    found = find.results(template, document, allow_missing=allow_missing)
    return b"".join(map(_array, found))


def _array(values: list[Any]) -> bytes:
    written = b"[" + b",".join(map(json, values)) + b"]"
    try:
        return msgspec.json.format(written, indent=4) + b"\n"
    except RecursionError:
        raise PathError(TOO_DEEP) from None

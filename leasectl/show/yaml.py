"""YAML as kubectl writes it, so that Kubernetes' own reader takes every value back for what it was."""

from __future__ import annotations

import re
from typing import Any

import yaml

_Dumper: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# PyYAML leaves these plain, since YAML 1.1 as it knows it reads them as text; Go's reader would take them for numbers,
# booleans or times, so they are quoted.
_TEXT = "tag:yaml.org,2002:str"
_NOT_TEXT_TO_GO = re.compile(
    r"[-+]?(\d[\d_]*)?\.?\d[\d_]*([eE][-+]?\d+)?|0[xX][\da-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+"
    r"|[-+]?\.?(inf|Inf|INF)|\.?(nan|NaN|NAN)|[yYnN]|\d+(:\d+)+(\.\d*)?|=|<<"
)


class _GoDumper(_Dumper):  # type: ignore[misc, valid-type]
    """Lists are not indented below their key, aliases are never written."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: Any, value: str) -> Any:
    is_text = dumper.resolve(yaml.ScalarNode, value, (True, False)) == _TEXT and not _NOT_TEXT_TO_GO.fullmatch(value)
    quoted = None if is_text else '"'
    return dumper.represent_scalar(_TEXT, value, style=quoted)


_GoDumper.add_representer(str, _text)


def dump(document: object, *, terminal: bool) -> bytes:
    """One document; where a person looks, every character beyond ASCII is escaped if any could be obeyed."""
    text: str = yaml.dump(document, Dumper=_GoDumper, sort_keys=True, allow_unicode=True, width=2**31 - 1)
    if terminal and not text.replace("\n", "").isprintable():
        text = yaml.dump(document, Dumper=_GoDumper, sort_keys=True, allow_unicode=False, width=2**31 - 1)
    return text.encode("utf-8", "backslashreplace")

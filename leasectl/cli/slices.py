"""A flag's value that is a list: comma separated, with CSV's quotes, as pflag's StringSlice reads it.

Source: github.com/spf13/pflag string_slice.go, Go's encoding/csv.
"""

from __future__ import annotations

import re

_QUOTED = re.compile('"((?:[^"]|"")*+)"')
_BARE = re.compile('[^,"\r\n]*')


def split(value: str) -> list[str]:
    """The values in it; none in an empty one. Only the first line counts, as with pflag.

    Raises:
        ValueError: a quote where none may stand, in Go's words; columns are counted in bytes.
    """
    if not value:
        return []
    value = value.lstrip("\r\n")
    if not value:
        raise ValueError("EOF")
    values = []
    at = 0
    while True:
        if value.startswith('"', at):
            quoted = _QUOTED.match(value, at)
            if quoted is None:
                raise _misplaced(value, len(value), 'extraneous or missing " in quoted-field')
            values.append(quoted[1].replace('""', '"'))
            at = quoted.end()
            if value[at : at + 1] not in {"", ",", "\r", "\n"}:
                raise _misplaced(value, at - 1, 'extraneous or missing " in quoted-field')
        else:
            found = _BARE.match(value, at)
            bare = found[0] if found else ""
            values.append(bare)
            at += len(bare)
            if value.startswith('"', at):
                raise _misplaced(value, at, 'bare " in non-quoted-field')
        if not value.startswith(",", at):
            return values
        at += 1


def _misplaced(value: str, at: int, what: str) -> ValueError:
    column = len(value[:at].encode(errors="surrogatepass")) + 1
    return ValueError(f"parse error on line 1, column {column}: {what}")

"""Which Kubernetes the API server is, out of its `/version`.

Source: k8s.io/apimachinery/pkg/version/types.go (Info); some add a plus to the minor: `29+`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from leasectl.cluster.items import ILLEGIBLE, why
from leasectl.lease.around.objects import Version
from leasectl.lease.errors import BadAnswer

if TYPE_CHECKING:
    from leasectl.cluster.answer import Answer

_NUMBER = re.compile(r"(\d{1,6})\+?")


class _Info(Struct, frozen=True):
    major: str = ""
    minor: str = ""


_INFO = msgspec.json.Decoder(_Info)


def read_version(answer: Answer) -> Version:
    """What it says; BadAnswer where that is no version."""
    try:
        info = _INFO.decode(answer.body)
    except ILLEGIBLE as error:
        raise BadAnswer(f"error: the server's answer is no version: {why(error)}") from None
    major, minor = _NUMBER.fullmatch(info.major), _NUMBER.fullmatch(info.minor)
    if major is None or minor is None:
        raise BadAnswer("error: the server's version has no numbers")
    return Version(int(major[1]), int(minor[1]))

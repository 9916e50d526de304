"""What the connection's flags say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leasectl.cluster.config.overrides import Overrides
from leasectl.lease import duration
from leasectl.lease.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CHOOSING = {
    "--kubeconfig": "kubeconfig",
    "--context": "context",
    "--cluster": "cluster",
    "--user": "user",
    "--as": "as_",
}


def overrides(given: Mapping[str, Any]) -> Overrides:
    """The flags among what was given, by their parameters' names; UsageError for an extra that is no KEY=VALUE."""
    names = set(Overrides.__struct_fields__)
    kept: dict[str, Any] = {name: value or None for name, value in given.items() if name in names}
    kept["as_user_extra"] = _extra(given.get("as_user_extra") or ()) or None
    return Overrides(**kept)


def choosing(given: Overrides) -> list[str]:
    """The flags that chose a cluster, and who to be there, as words; of those that can hold no secret."""
    return [word for flag, name in _CHOOSING.items() if (value := getattr(given, name)) for word in (flag, value)]


def seconds(timeout: str) -> float:
    """`--request-timeout`; UsageError in kubectl's words."""
    try:
        found = duration.parse(timeout)
    except ValueError:
        found = -1.0
    if found < 0:
        raise UsageError(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, "
            "or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        )
    return found


def _extra(pairs: Iterable[str]) -> dict[str, list[str]]:
    extra: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise UsageError(f'error: invalid argument "{pair}" for "--as-user-extra" flag: it has to be KEY=VALUE')
        extra.setdefault(key, []).append(value)
    return extra

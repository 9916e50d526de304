"""What is to be read: of which namespaces, by name or by selector."""

from __future__ import annotations

from msgspec import Struct

from leasectl.lease.errors import UsageError


class Name(Struct, frozen=True):
    """A lease by name; without a namespace it is looked for in the scope's."""

    name: str
    namespace: str | None = None


class Scope(Struct, frozen=True):
    """What to read.

    Attributes:
        namespaces: these, in this order; None means all.
        names: only these; empty means every lease of the namespaces.
        labels: a label selector.
        fields: a field selector.
        otherwise: where to look when all namespaces may not be listed.
        named: whether the namespaces are the asker's own choice: then each that may not be listed is an error.
    """

    namespaces: tuple[str, ...] | None
    names: tuple[Name, ...] = ()
    labels: str = ""
    fields: str = ""
    otherwise: tuple[str, ...] = ()
    named: bool = False

    @property
    def spans_namespaces(self) -> bool:
        """Whether leases of more than one namespace may be among those read."""
        return self.namespaces is None or len(self.namespaces) > 1


def ambiguous(name: Name, namespaces: list[str]) -> UsageError:
    """The error for a name that lies in several namespaces."""
    return UsageError(
        f'error: "{name.name}" is a lease in {" and in ".join(namespaces)}; '
        f"say which: -n {namespaces[0]}, or {namespaces[0]}/{name.name}"
    )

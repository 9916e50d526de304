"""Which leases the arguments mean: NAME, NAMESPACE/NAME, lease.coordination.k8s.io/NAME, node/NAME. Pure."""

from __future__ import annotations

from enum import Enum, auto

from leasectl.cluster.scope import Name, Scope
from leasectl.lease.errors import UsageError
from leasectl.lease.kind import NODE_NAMESPACE, SYSTEM_NAMESPACE

_LEASE_TYPES = frozenset(
    {"lease", "leases"} | {f"{n}{v}.coordination.k8s.io" for n in ("lease", "leases") for v in ("", ".v1")}
)
_NODE_TYPES = frozenset({"node", "nodes", "no"})


class Type(Enum):
    """What may stand before the slash of TYPE/NAME."""

    LEASE = auto()
    NODE = auto()


def type_of(word: str) -> Type | None:
    """The TYPE that a word means; None where it can be a namespace."""
    return Type.NODE if word.lower() in _NODE_TYPES else Type.LEASE if word.lower() in _LEASE_TYPES else None


def scope(
    names: list[str],
    *,
    namespace: str | None,
    context_namespace: str | None,
    all_namespaces: bool,
    labels: str,
    fields: str,
    everywhere: bool = False,
) -> Scope:
    """What to read.

    Args:
        names: the arguments.
        namespace: `-n`.
        context_namespace: what the context names.
        all_namespaces: `-A`.
        labels: `-l`.
        fields: `--field-selector`.
        everywhere: whether no flag at all means all namespaces, as for a dump.

    Raises:
        UsageError: in kubectl's words where it has them.
    """
    wanted = tuple(parse(name) for name in names)
    if wanted and all_namespaces:
        raise UsageError("error: a resource cannot be retrieved by name across all namespaces")
    if wanted and (labels or fields):
        raise UsageError("error: name cannot be provided when a selector is specified")
    if namespace is not None:
        _refuse_segment("namespace", namespace)
        for name in wanted:
            if name.namespace not in {None, namespace}:
                raise UsageError(f'error: "{name.namespace}/{name.name}" lies in another namespace than -n {namespace}')
    if namespace is not None and not all_namespaces:
        return Scope((namespace,), wanted, labels, fields, named=True)
    standing = (SYSTEM_NAMESPACE, NODE_NAMESPACE, context_namespace or SYSTEM_NAMESPACE)
    looked_in = tuple(dict.fromkeys(standing))
    if all_namespaces or everywhere:
        return Scope(None, wanted, labels, fields, otherwise=looked_in)
    return Scope(looked_in, wanted, labels, fields)


def parse(argument: str) -> Name:
    """One argument. A known TYPE beats a namespace of that name."""
    first, slash, rest = argument.partition("/")
    if not slash:
        return Name(_checked(argument))
    match type_of(first):
        case Type.NODE:
            return Name(_checked(rest), NODE_NAMESPACE)
        case Type.LEASE:
            return Name(_checked(rest))
        case None:
            pass
    _refuse_segment("namespace", first)
    return Name(_checked(rest), first)


def _checked(name: str) -> str:
    _refuse_segment("resource name", name)
    return name


def _refuse_segment(what: str, value: str) -> None:
    """What would not stay one segment of a URL's path, in the API server's own words."""
    if not value:
        raise UsageError(f"error: {what} may not be empty")
    if value in {".", ".."}:
        raise UsageError(f"error: invalid {what} \"{value}\": [may not be '{value}']")
    for character in "/%":
        if character in value:
            raise UsageError(f"error: invalid {what} \"{value}\": [may not contain '{character}']")

"""The API server's selectors as values: conditions on labels, and on the two fields of a lease.

`label_selectors` and `field_selectors` read them, for dumps and the simulated cluster.

Source: k8s.io/apimachinery/pkg/labels/selector.go, pkg/fields/selector.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from leasectl.lease.go_syntax import int64

if TYPE_CHECKING:
    from collections.abc import Mapping


class SelectorError(ValueError):
    """A selector that the API server refuses; the text is the server's, without its context."""


class Requirement(Struct, frozen=True):
    """One condition on labels: `in`, `notin`, `exists`, `!`, `>` or `<`; `=` is `in` with one value."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet the condition; a missing key meets `notin` and `!` only."""
        value = labels.get(self.key)
        if value is None:
            return self.operator in {"notin", "!"}
        match self.operator:
            case "in":
                return value in self.values
            case "notin":
                return value not in self.values
            case ">" | "<":
                return self._compares(value)
            case operator:
                return operator == "exists"

    def _compares(self, value: str) -> bool:
        (bound,) = map(int64, self.values)
        number = int64(value)
        if number is None or bound is None:
            return False
        return number > bound if self.operator == ">" else number < bound


class LabelSelector(Struct, frozen=True):
    """Conditions that all have to hold; none at all selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Whether an object with these labels is selected; None is an object without labels."""
        present = labels or {}
        return all(requirement.matches(present) for requirement in self.requirements)


class FieldTerm(Struct, frozen=True):
    """One condition on a field: `metadata.name` or `metadata.namespace` equals (or not) a value."""

    field: str
    equal: bool
    value: str


class FieldSelector(Struct, frozen=True):
    """Conditions that all have to hold; none at all selects everything."""

    terms: tuple[FieldTerm, ...] = ()

    def matches(self, namespace: str, name: str) -> bool:
        """Whether the object of this namespace and name is selected."""
        found = {"metadata.name": name, "metadata.namespace": namespace}
        return all((found[term.field] == term.value) == term.equal for term in self.terms)

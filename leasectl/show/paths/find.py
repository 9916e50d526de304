"""What a template finds in a document.

Source: FindResults in k8s.io/client-go/util/jsonpath/jsonpath.go. Where that is at odds with its documentation (a range
without its end runs on past it), what kubectl does counts.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from leasectl.show.paths import steps
from leasectl.show.paths.compare import holds
from leasectl.show.paths.errors import PathError
from leasectl.show.paths.nodes import Action, Constant, Field, Filter, Identifier, Recursive, Slice, Text, Union
from leasectl.show.paths.values import Literal, Nothing, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leasectl.show.paths.nodes import Step, Template

MOST_STEPS = 10_000_000  # some seconds; 200 for each of 50,000 leases
_DEEPEST = 100
_ONE_AT_A_TIME = "can only compare one element at a time"


def results(template: Template, document: Any, *, allow_missing: bool = True) -> list[list[Any]]:
    """The values that each text and each action of the template finds, in the order in which they are printed.

    Args:
        template: what `syntax.parse` gave.
        document: decoded JSON: dict, list, str, int, float, bool, None.
        allow_missing: whether a field that is nowhere gives nothing rather than a PathError.

    Text of the template is a `values.Literal`. Raises PathError, in client-go's words, for a step that does not fit
    the document, and for a template that takes too many steps.
    """
    return _Search(template.nodes, allow_missing).block(document, 0)


class _Search:
    """One run over one document: where ranges begin and end is found out on the way, as client-go does."""

    def __init__(self, nodes: Sequence[Text | Action], allow_missing: bool) -> None:
        self.nodes = nodes
        self.allow_missing = allow_missing
        self.begun = self.ended = 0  # ranges met by the current action
        self.depth = 0  # ranges around it
        self.last_end = -1  # the node that ended a range last
        self.steps_left = MOST_STEPS

    def block(self, value: Any, start: int) -> list[list[Any]]:
        """What the nodes from `start` to the end of their range find in one value."""
        found: list[list[Any]] = []
        at = start
        while at < len(self.nodes):
            node = self.nodes[at]
            self._take(())
            here = self.step([value], node) if isinstance(node, Text) else self.action([value], node)
            if 0 < self.ended <= self.depth:
                self.ended -= 1
                self.last_end = at
                break
            if self.begun:
                self.begun -= 1
                found += self._range(here, at + 1)
                at = max(at, self.last_end)
            else:
                found.append(here)
            at += 1
        return found

    def _range(self, values: list[Any], start: int) -> list[list[Any]]:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise PathError(f"more than {_DEEPEST} ranges within each other")
        found = [line for value in values for line in self.block(Nothing.NO_VALUE if value is None else value, start)]
        if not values:  # to find its end
            self.block(Nothing.NO_VALUE, start)
        self.depth -= 1
        return found

    def action(self, values: list[Any], action: Action) -> list[Any]:
        """What the steps give, each from what the one before gave."""
        for step in action.steps:
            values = self.step(values, step)
        return values

    def step(self, values: list[Any], step: Step) -> list[Any]:
        """What one step makes of the values."""
        match step:
            case Field(name=name):
                return self._field(values, name)
            case Text(text=text):
                return self._take([Literal(text)])
            case Slice():
                return self._take(steps.sliced(values, step))
            case Filter():
                return self._filter(values, step)
            case Union(members=members):
                return self._union(values, members)
            case Recursive():
                return self._take(steps.descend(values))
            case Constant(value=constant):
                return self._take([constant] * len(values))
            case Identifier(name=name):
                return self._identifier(values, name)
            case _:
                return self._take(steps.children(values))

    def _take(self, found: Iterable[Any]) -> list[Any]:
        taken = list(islice(found, max(self.steps_left, 0)))
        self.steps_left -= len(taken) + 1
        if self.steps_left <= 0:
            raise PathError(f"the template takes more than {MOST_STEPS} steps")
        return taken

    def _field(self, values: list[Any], name: str) -> list[Any]:
        found = self._take([value[name] for value in values if isinstance(value, dict) and name in value])
        if values and not found and not self.allow_missing:
            raise PathError(f"{name} is not found")
        return found

    def _union(self, values: list[Any], members: Sequence[Action]) -> list[Any]:
        try:
            return self._take(found for member in members for found in self.action(values, member))
        except PathError as error:
            raise PathError(str(error), kept=values) from None

    def _identifier(self, values: list[Any], name: str) -> list[Any]:
        if name == "range":
            self.begun += 1
            return self._take(values)
        if name != "end":
            raise PathError(f"unrecognized identifier {name}", kept=values)
        if not self.depth:
            raise PathError("not in range, nothing to end")
        self.ended += 1
        return []

    def _filter(self, values: list[Any], wanted: Filter) -> list[Any]:
        passed: list[Any] = []
        for value in values:
            if not isinstance(value, list):
                raise PathError(f"{_shown(value)} is not array or slice and cannot be filtered", kept=values)
            try:
                passed += self._take(item for item in value if self._passes(item, wanted))
            except PathError as error:
                raise PathError(str(error), kept=values) from None
        return passed

    def _passes(self, item: Any, wanted: Filter) -> bool:
        if wanted.operator is None:
            try:
                return bool(self.action([item], wanted.left))
            except PathError as error:
                return bool(error.kept)
        compared = []
        for side in (wanted.left, wanted.right):
            found = self.action([item], side)
            if len(found) > 1:
                raise PathError(_ONE_AT_A_TIME)
            if not found:
                return False
            compared += found
        return holds(wanted.operator, *compared)


def _shown(value: Any) -> str:
    return "<invalid reflect.Value>" if isinstance(value, Nothing) else plain(value)

"""YAML that somebody else wrote, parsed so that nothing but `NotYaml` can come of it.

Safety rule: an error says where and what, never what stands there: it may be a token.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

# libyaml builds nested values on the C stack and crashes at some tens of thousands; no kubeconfig goes past ten.
MAX_DEPTH = 100
_OPENERS = b"[{-?"
# Plain strings, as kubectl reads them: a token or a namespace may look like a date. A number or a yes stays what it
# is, since kubectl refuses those where a string belongs, and no number is turned back into the text it was.
_NO_STRINGS = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"})


class NotYaml(ValueError):  # noqa: N818 - reads as the sentence it is
    """The text is not YAML; the message quotes none of it."""


def parse(content: bytes) -> Any:
    """The first document (as kubectl takes it); a key whose value is null is left out, an empty text is None.

    Raises:
        NotYaml: it cannot be parsed, or is nested more than `MAX_DEPTH` deep.
    """
    import yaml

    try:
        _check_depth(content)
        loader = _loader_type()(content)
        try:
            return loader.get_data() if loader.check_data() else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        where = _place(error.problem_mark or error.context_mark)
        raise NotYaml(f"{where}{_unquoted(error.problem or error.context or 'not valid')}") from None
    except yaml.reader.ReaderError:
        raise NotYaml("control characters are not allowed") from None
    # What a value under an explicit tag makes of itself: `!!int x`, `!!timestamp 2026-99-99`, `!!float ""`.
    except (
        yaml.YAMLError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise error if isinstance(error, NotYaml) else NotYaml("a value is not what its tag says") from None


def _check_depth(content: bytes) -> None:
    """Refuse what would overflow the C stack; looked at closely only where enough brackets and dashes are in it."""
    import yaml

    if sum(content.count(opener) for opener in _OPENERS) <= MAX_DEPTH:
        return
    depth = 0
    for event in yaml.parse(content, _loader_type()):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise NotYaml(f"{_place(event.start_mark)}nested too deep")


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""


def _unquoted(problem: str) -> str:
    """PyYAML's words up to where they begin to quote the text; what it expected instead is no quote."""
    if problem.startswith(("expected ", "did not find expected ")):
        return problem
    return problem.replace('"', "'").partition("'")[0].rstrip(" ,")


@cache
def _loader_type() -> Any:
    """PyYAML's safe loader, libyaml's where there is one, with fewer guesses at what a plain scalar is."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def construct_mapping(loader: Any, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = base.construct_mapping(loader, node, deep)
        return {key: value for key, value in mapping.items() if value is not None}

    guesses = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NO_STRINGS]
        for first, resolvers in base.yaml_implicit_resolvers.items()
    }
    return type("_Loader", (base,), {"construct_mapping": construct_mapping, "yaml_implicit_resolvers": guesses})

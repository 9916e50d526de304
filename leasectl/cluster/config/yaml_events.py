"""What PyYAML's parser says of a text, and what it complains of, as an error of ours.

Safety rule: an error says where and what, never what stands there: it may be a token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from leasectl.cluster.config.yaml_scalars import NO_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Iterator

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WANTED: Final = ("expected ", "did not find expected ", "did not find the expected ", "could not find expected ")


class DocumentError(Exception):
    """What stands in the way, on which line and in which column, both from 1; a column of 0 is not known."""

    def __init__(self, problem: str, line: int, column: int = 0) -> None:
        self.problem = problem
        self.line = line
        self.column = column
        super().__init__(f"line {line}, column {column}: {problem}" if column else f"line {line}: {problem}")


def events(data: bytes) -> Iterator[Any]:
    """What PyYAML's parser says, and what it raises as ours."""
    try:
        yield from yaml.parse(data, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = _unquoted(error.problem or error.context or "") or "not valid"
        raise (problem_at(mark, problem) if mark else DocumentError(problem, 1)) from None
    except yaml.reader.ReaderError as error:
        raise DocumentError(error.reason, data.count(b"\n", 0, error.position) + 1) from None
    except (ValueError, OverflowError):  # of bytes or numbers that are no character, escaped in a tag or a string
        raise DocumentError(NO_CHARACTER, 1) from None


def _unquoted(problem: str) -> str:
    """PyYAML's words up to where they begin to quote the text; what it expected instead is no quote."""
    problem = problem.partition(", but ")[0]
    if problem.startswith(_WANTED):
        return problem
    return problem.replace('"', "'").partition("'")[0].rstrip(" ,")


def problem_at(mark: Any, problem: str) -> DocumentError:
    """What stands in the way at a place of PyYAML's."""
    return DocumentError(problem, mark.line + 1, mark.column + 1)

"""Whatever the template and the document: text, or a clear error, and soon."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.show.paths import as_json, columns, find, order, syntax, text
from leasectl.show.paths.errors import PathError
from tests.show.paths.document import DOCUMENT

PIECES = st.sampled_from(
    ["{", "}", "[", "]", "(", ")", "?", "@", "$", ".", "..", "*", ",", ":", "-", "+", "'", '"', "\\", "=", "==", "!=", "<", ">=", "!", "~", "#", "\n", "\t", "range", "end", ".items", "[*]", "[0]", "[-1]", "[1:]", "[:2]", "['a','b']", '[?(@.metadata.name=="a")]', "[?(@.spec)]", ".metadata", ".name", ".words", ".mixed", ".numbers", "{range}", "{end}", "{.items}", "true", "5", "1.5", "é", "😀"]
)  # fmt: skip
TEMPLATES = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=20)
BRACED = st.lists(TEMPLATES.map(lambda inner: f"{{{inner}}}"), max_size=4).map("".join)


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = {"a": value} if level % 2 else [value, 1]
    return value


@given(TEMPLATES | BRACED, st.booleans())
def test_whatever_the_template_the_answer_is_text_or_a_clear_error(template: str, allow_missing: bool) -> None:
    try:
        parsed = syntax.parse(template)
        shown = text.render(parsed, DOCUMENT, str, allow_missing=allow_missing)
        written = as_json.render(parsed, DOCUMENT, allow_missing=allow_missing)
        found = find.results(parsed, DOCUMENT, allow_missing=allow_missing)
    except PathError as error:
        assert str(error)  # noqa: PT017
    else:
        assert isinstance(shown, str)
        # An array for each result; a template may have none: it is empty, or ends in a range without actions.
        assert written.endswith(b"]\n") == bool(found)
        assert bool(written) == bool(found)


@given(TEMPLATES)
def test_whatever_the_columns_the_answer_is_a_table_or_a_clear_error(spec: str) -> None:
    try:
        lines = list(columns.render(columns.parse(f"A:.kind,B:{spec}"), DOCUMENT["items"], headers=True, shown=str))
    except PathError as error:
        assert str(error)  # noqa: PT017
    else:
        assert lines[0].startswith("A     ")


@given(TEMPLATES)
def test_whatever_the_path_the_answer_is_an_order_or_a_clear_error(path: str) -> None:
    try:
        indexes = order.sorted_indexes(path, DOCUMENT["items"])
    except PathError as error:
        assert str(error)  # noqa: PT017
    else:
        assert sorted(indexes) == [0, 1, 2]


@pytest.mark.parametrize("template", ["{@}", "{.a}", "{..}", "{..a}", "{[0]}"])
def test_a_document_without_bottom_is_an_error(template: str) -> None:
    with pytest.raises(PathError, match=r"^the value is nested too deeply to be printed$"):
        text.render(syntax.parse(template), nested(100_001 if template == "{[0]}" else 100_000), str)


def test_a_deep_document_is_no_cell_and_no_json() -> None:
    deep = nested(100_000)
    with pytest.raises(PathError, match="too deeply"):
        list(columns.render(columns.parse("A:.a"), [deep], headers=True, shown=str))
    with pytest.raises(PathError, match="too deeply"):
        as_json.render(syntax.parse("{.a}"), deep)


@pytest.mark.parametrize(
    "template",
    [
        "{range @}" * 60,  # without ends: each doubles the work
        "{range .l[*]}{range $}" * 10,
        "{.l[*]" + "..[*]" * 40 + "}",
        "{" + "['l','l']" * 60 + "}",
        "{.l[?(@..x)]" + "[?(@..x)]" * 30 + "}",
    ],
)
def test_a_template_that_multiplies_itself_ends(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MOST_STEPS", 20_000)
    document: dict[str, Any] = {"x": 1}
    document["l"] = [[{"x": 1}] * 10] * 10
    try:
        assert isinstance(text.render(syntax.parse(template), document, str), str)
    except PathError as error:
        assert "more than 20000 steps" in str(error) or "not array" in str(error)  # noqa: PT017


def test_steps_are_counted_where_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MOST_STEPS", 1000)
    with pytest.raises(PathError, match=r"^the template takes more than 1000 steps$"):
        find.results(syntax.parse("{range @}{}" * 20), {})


def test_ranges_within_ranges_end_somewhere() -> None:
    with pytest.raises(PathError, match=r"^more than 100 ranges within each other$"):
        find.results(syntax.parse("{range @}" * 5000), {})


@pytest.mark.parametrize("opening", ["[", "[?(", "['", '"', "'", "(", ".", "..a", "[a,", "[?(@.a'<"])
def test_a_long_template_is_read_or_refused(opening: str) -> None:
    for template in (f"{{{opening * 10_000}", f"{{{opening * 10_000}}}", f"{{{opening * 2000}{')]' * 2000}}}"):
        try:
            assert syntax.parse(template).written == template
        except PathError as error:
            assert str(error)  # noqa: PT017


def test_a_cell_of_tabs_is_padded_in_bounded_time() -> None:
    rows = [{"a": "\t" * 20_000}, {"a": "\t" * 20_000}]
    lines = list(columns.render(columns.parse("A:.a,B:.b"), rows, headers=True, shown=str))
    assert [len(line) for line in lines] == [7, 20_001 * 6 + 6, 20_001 * 6 + 6]

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.show.paths import order, quantity
from leasectl.show.paths.errors import PathError

ABSENT = object()


def documents(*values: object) -> list[dict[str, object]]:
    return [{} if value is ABSENT else {"v": value} for value in values]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((3, 1, 2), [1, 2, 0]),
        ((1.5, 0.5), [1, 0]),
        (("b", "B", "a", ""), [3, 1, 2, 0]),
        (("10", "9", "1k", "500m", "-1"), [4, 3, 1, 0, 2]),
        (("1Gi", "1G", "1e9", "2Mi"), [3, 1, 2, 0]),
        (("2026-11-21T02:57:06Z", "2025-01-01T00:00:00Z"), [1, 0]),
        ((2, ABSENT, 1, ABSENT, None, ABSENT), [5, 3, 1, 4, 2, 0]),
        ((1, 0, 1, 0), [1, 3, 0, 2]),
        (("x",), [0]),
        (([1],), [0]),
    ],
)
def test_documents_are_ordered_as_kubectl_orders_them(values: tuple[object, ...], expected: list[int]) -> None:
    for path in (".v", "v", "{.v}", "{v}"):
        assert order.sorted_indexes(path, documents(*values)) == expected


def test_nothing_needs_no_order() -> None:
    assert order.sorted_indexes(".[", []) == []


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        (".nope", (1, 2), 'couldn\'t find any field with path "{.nope}" in the list of objects'),
        ('.a"\\b', (1,), 'couldn\'t find any field with path "{.a\\"\\\\b}" in the list of objects'),
        ("", (1,), 'couldn\'t find any field with path "" in the list of objects'),
        (".v[x", (1,), "unterminated array"),
        (".v[0]", (1,), "int64 is not array or slice"),
        ("{.v}{.w}", (1,), "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"),
        (".v", (True, False), "Field {.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable type: bool"),
        (".v", ({}, {}), "Field {.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable type: map[string]interface {}"),
        (".v", ([], []), "Field {.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable type: []interface {}"),
        (".v", (1, "x"), "Field {.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable interface: interface"),
        (".v", (1, 1.5), "Field {.v} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable interface: interface"),
    ],
)  # fmt: skip
def test_what_has_no_order_is_refused_in_kubectls_words(path: str, values: tuple[object, ...], message: str) -> None:
    with pytest.raises(PathError) as refused:
        order.sorted_indexes(path, documents(*values))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0"),
        ("1.5Gi", "1610612736"),
        ("+1k", "1000"),
        ("-.5", "-0.5"),
        ("1.", "1"),
        ("12E5", "1200000"),
        ("1E", "1e18"),
        ("1e-12", "1e-9"),
        ("-1e-12", "-1e-9"),
        ("1.1n", "2e-9"),
        ("9Ei", "9223372036854775807"),
        ("k", "0"),
        ("-", "0"),
    ],
)
def test_a_quantity_is_read_as_apimachinery_reads_it(text: str, amount: str) -> None:
    assert quantity.parse(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "x", "1x", "1ki", "1 k", "0x1", "1e", "1e1.5", "1Kii", "\u0661", "1_0", "Ei", "e-11", "1e+", "1\n"]
)
def test_what_is_no_quantity_is_text(text: str) -> None:
    assert quantity.parse(text) is None


@given(st.lists(st.integers() | st.just(ABSENT) | st.none(), min_size=1))
def test_every_document_keeps_its_place_once(values: list[object]) -> None:
    try:
        indexes = order.sorted_indexes(".v", documents(*values))
    except PathError as error:  # beyond int64 a number is a float, which has no order among integers
        assert all(value is ABSENT for value in values) or "unsortable interface" in str(error)  # noqa: PT017
        return
    assert sorted(indexes) == list(range(len(values)))
    numbers = [value for index in indexes if isinstance(value := values[index], int)]
    assert numbers == sorted(numbers)

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.show.paths import as_json, syntax, text
from leasectl.show.paths.values import json, plain
from tests.show.paths.document import DOCUMENT

INTEGERS = st.integers(-(2**63), 2**63 - 1)
# Between 2**53 and 1e21 a float is written as digits that stand for a neighbour of it.
FLOATS = st.floats(-(2.0**53), 2.0**53) | st.floats(1e21, 1e300)
SCALARS = st.none() | st.booleans() | INTEGERS | FLOATS | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def test_each_action_and_each_text_is_an_array_of_its_own() -> None:
    template = syntax.parse('{.items[*].metadata.labels}: {.nope}{.metadata}{.words[2:2]}{"\\n"}')
    assert as_json.render(template, DOCUMENT) == (
        b'[\n    {\n        "a.b/c": "dot",\n        "app": "one"\n    },\n    {\n        "app": "two"\n    }\n]\n'
        b'[\n    ": "\n]\n'
        b"[]\n"
        b'[\n    {\n        "resourceVersion": ""\n    }\n]\n'
        b"[]\n"
        b'[\n    "\\n"\n]\n'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, b"1"),
        (1e20, b"100000000000000000000"),
        (1e21, b"1e+21"),
        (1e-6, b"0.000001"),
        (1e-7, b"1e-7"),
        (-0.0, b"-0"),
        (2**63, b"9223372036854776000"),
        ({"b": 1.50, "a": ["2026-11-21T02:57:06.5Z", ",1.50,"]}, b'{"a":["2026-11-21T02:57:06.5Z",",1.50,"],"b":1.5}'),
        ({"<": "&\u2028\x7f\b\x01>"}, b'{"\\u003c":"\\u0026\\u2028\x7f\\b\\u0001\\u003e"}'),
    ],
)
def test_json_is_written_as_go_writes_it(value: object, written: bytes) -> None:
    assert json(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": [None, True, "x y"], "a": {}}, "map[a:map[] b:[<nil> true x y]]"),
        (1e6, "1e+06"),
        (999999.5, "999999.5"),
        (0.0001, "0.0001"),
        (1e-5, "1e-05"),
        (2**64, "1.8446744073709552e+19"),
        (-0.0, "-0"),
        ([], "[]"),
    ],
)
def test_a_value_is_printed_as_go_prints_it(value: object, written: str) -> None:
    assert plain(value) == written


@given(VALUES)
def test_json_is_the_value_itself(value: object) -> None:
    assert msgspec.json.decode(json(value)) == value
    (printed,) = msgspec.json.decode(as_json.render(syntax.parse("{@}"), value))
    assert printed == value


@given(VALUES.filter(lambda value: isinstance(value, dict | list)))
def test_text_prints_maps_and_lists_as_json(value: object) -> None:
    assert text.render(syntax.parse("{@}"), value, str).encode() == json(value)

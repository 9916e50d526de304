"""Expected values were given by kubectl 1.36.3: `kubectl create --dry-run=client -o json -f` of a value, `v: VALUE`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster.yaml_documents import DEPTH, DocumentError, json_documents


def read(text: str) -> list[object]:
    return [json.loads(document) for _, document in json_documents(text)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("y", "true"),
        ("n", "false"),
        ("Y", "true"),
        ("N", "false"),
        ("yes", "true"),
        ("No", "false"),
        ("ON", "true"),
        ("off", "false"),
        ("yES", '"yES"'),
        ("true", "true"),
        ("True", "true"),
        ("tRUE", '"tRUE"'),
        ("~", "null"),
        ("null", "null"),
        ("Null", "null"),
        ("NULL", "null"),
        ("nULL", '"nULL"'),
        ("1_000.5", "1000.5"),
        ("_1", '"_1"'),
        ("1__0", "10"),
        ("+.5", "0.5"),
        ("-.5", "-0.5"),
        (".5_0", "0.5"),
        (".", '"."'),
        ("..", '".."'),
        ("+", '"+"'),
        ("-x", '"-x"'),
        ("0b", '"0b"'),
        ("0x", '"0x"'),
        ("0o8", '"0o8"'),
        ("08.5", "8.5"),
        ("1.2.3", '"1.2.3"'),
        ("0_7", "7"),
        ("+0777", "511"),
        ("-0o17", "-15"),
        ("-0b11", "-3"),
        ("0b102", '"0b102"'),
        ("18446744073709551615", "18446744073709552000"),
        ("18446744073709551616", "18446744073709552000"),
        ("-9223372036854775809", "-9223372036854776000"),
        ("9e20", "900000000000000000000"),
        ("1e21", "1e+21"),
        ("1.0e-7", "1e-7"),
        ("1e3", "1000"),
        ("12:30:00", '"12:30:00"'),
        ("2026-11-21", '"2026-11-21"'),
        ("2026-11-21T05:57:00.000000Z", '"2026-11-21T05:57:00.000000Z"'),
        ("0777", "511"),
        ("0o17", "15"),
        ("0x1F", "31"),
        ("08", "8"),
        ("1_0", "10"),
        ("1e400", '"1e400"'),
        (".5e1", "5"),
        ("5.", "5"),
        ("1e+", '"1e+"'),
        ("=", '"="'),
        ("<<", '"<<"'),
        ("~x", '"~x"'),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0.1", "0.1"),
        ("123456789.5", "123456789.5"),
        ("1.5e300", "1.5e+300"),
        ("0X1f", "31"),
        ("0B11", "3"),
        ("0O17", "15"),
        ("1E5", "100000"),
        ("1_e3", "1000"),
        ("-_1", "-1"),
        ("0x_1F", "31"),
        ("+1", "1"),
        ("0x1.8p1", '"0x1.8p1"'),
        ("1.e3", "1000"),
        (".e3", '".e3"'),
        ("infinity", '"infinity"'),
        (".Inf1", '".Inf1"'),
        ("0o_17", "15"),
        ("00", "0"),
        ("-00", "0"),
        ("1_", "1"),
        ("1.5_", "1.5"),
        ("12345678901234567890123", "1.2345678901234568e+22"),
    ],
)
def test_a_plain_value_is_what_kubernetes_makes_of_it(written: str, expected: str) -> None:
    (document,) = read(f"v: {written}")
    assert document == {"v": json.loads(expected, parse_int=float)}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'yes'", "yes"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ('!!int "12"', 12),
        ('!!bool "yes"', True),
        ("!!binary aGk=", "hi"),
        ("!foo x", "x"),
        ("''", ""),
        ("|\n  a\n  b\n", "a\nb\n"),
        (r'"\u202e\n"', "\u202e\n"),
        ("[a, {b: 1}]", ["a", {"b": 1}]),
        ("", None),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_a_quoted_tagged_or_nested_value_is_what_kubernetes_makes_of_it(written: str, expected: object) -> None:
    assert read(f"v: {written}") == [{"v": expected}]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("1e3", "1000"), ("12:30:00", "12:30:00"), ("yes", "true"), ("off", "false"), ("0x1F", "31"), ("1.50", "1.5")],
)
def test_a_key_becomes_text(key: str, expected: str) -> None:
    assert read(f"{key}: x") == [{expected: "x"}]


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert read("a: 1\na: 2\n") == [{"a": 2}]


def test_empty_documents_are_passed_over_and_the_others_know_their_line() -> None:
    text = "# a comment\n---\n---\na: 1\n---\n\n\nb: 2\n...\n---\n~\n"
    assert list(json_documents(text)) == [(4, b'{"a":1}'), (8, b'{"b":2}')]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x 1\nb: *x\n", "line 2: an alias (*name) is not accepted: write the value out"),
        ("a: .inf", "line 1: .inf is no number to JSON"),
        ("a: -.INF", "line 1: -.INF is no number to JSON"),
        ("\na: .nan", "line 2: .nan is no number to JSON"),
        ("~: 1", "line 1: a key that is no text"),
        ("a: 1\n? [b]\n: 2", "line 2: a key that is no text"),
        ("a: 1\n b: 2\n", "line 2: mapping values are not allowed in this context"),
        ("a: [1\nb: 2", "line 2: did not find expected ',' or ']'"),
        ("a:\n\t- b", "line 2: found character that cannot start any token"),
        ("a: \x07", "line 1: control characters are not allowed"),
        (r'a: "\ud800"', "line 1: found invalid Unicode character escape code"),
        ('a: !!binary "%%"', "line 1: a !!binary value that is no base64"),
    ],
)
def test_what_is_no_yaml_for_json_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read(text)
    assert str(refusal.value) == problem


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000 + "x", "{a: " * 200_000])
def test_nesting_without_end_is_refused_before_it_costs_anything(text: str) -> None:
    with pytest.raises(DocumentError, match=f"nested more than {DEPTH} deep"):
        read(text)


def test_nesting_up_to_the_bound_is_read() -> None:
    assert len(read("[" * DEPTH + "]" * DEPTH)) == 1


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from('\n\t\\"'))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, min_size=1))
def test_json_is_yaml_that_means_the_same(value: object) -> None:
    assert read("---\n" + json.dumps(value, indent=1, ensure_ascii=False)) == [value]


@given(st.text(st.sampled_from(list("{}[]:,-? \n\t#&*!|>'\"%@`ab1.~")) | st.characters(codec="utf-8")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        problem = ""
        documents = read(text)
    except DocumentError as refusal:
        documents, problem = [], refusal.problem
    assert all(document is not None for document in documents)
    assert "\n" not in problem

"""Expected values were given by kubectl 1.36.3: `kubectl create --dry-run=client -o json -f`."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cluster.config import yaml_events
from leasectl.cluster.config.yaml_documents import ALIASED, DEPTH, documents, json_documents
from leasectl.cluster.config.yaml_events import DocumentError


def read(text: str) -> list[object]:
    return [json.loads(document) for _, document in json_documents(text.encode())]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("1e3", "1000"), ("12:30:00", "12:30:00"), ("yes", "true"), ("off", "false"), ("0x1F", "31"), ("1.50", "1.5")],
)
def test_a_key_becomes_text(key: str, expected: str) -> None:
    assert read(f"{key}: x") == [{expected: "x"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x {b: 1}\nv: *x", {"b": 1}),
        ("a: &x\nv: [*x, *x]", [None, None]),
        ("a: &x k\nv: {*x : 1}", {"k": 1}),
        ("a: &x 1\nb: &x 2\nv: *x", 2),
        ("v: &x [&x k, *x]", ["k", "k"]),
        ("a: &x !!int '5'\nv: *x", 5),
    ],
)
def test_an_alias_is_the_value_of_the_last_anchor_before_it(text: str, expected: object) -> None:
    ((_, document),) = documents(text.encode())
    assert document["v"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m: &m {a: 1, b: 2}\nv: {<<: *m, a: 9}", {"a": 9, "b": 2}),
        ("m: &m {a: 1, b: 2}\nv: {a: 9, <<: *m}", {"a": 1, "b": 2}),
        ("v: {<<: [{a: 1}, {a: 2, b: 3}], c: 4}", {"a": 1, "b": 3, "c": 4}),
        ("v: {<<: {a: 1}, <<: {a: 2, b: 2}}", {"a": 2, "b": 2}),
        ("v: {<<: {<<: {a: 1}, b: 2}}", {"a": 1, "b": 2}),
        ("v: {!!merge <<: {a: 1}}", {"a": 1}),
        ("v: {'<<': {a: 1}}", {"<<": {"a": 1}}),
        ("k: &k <<\nv: {*k : {a: 1}}", {"<<": {"a": 1}}),
        ("v: [<<]", ["<<"]),
    ],
)
def test_a_merge_is_what_kubernetes_makes_of_it(text: str, expected: object) -> None:
    ((_, document),) = documents(text.encode())
    assert document["v"] == expected
    assert document.get("m", {"a": 1, "b": 2}) == {"a": 1, "b": 2}


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert read("a: 1\na: 2\n") == [{"a": 2}]


def test_empty_documents_are_passed_over_and_the_others_know_their_line() -> None:
    text = "# a comment\n---\n---\na: 1\n---\n\n\nb: 2\n...\n---\n~\n"
    assert list(json_documents(text.encode())) == [(4, b'{"a":1}'), (8, b'{"b":2}')]
    assert [document for _, document in documents(text.encode())] == [None, {"a": 1}, {"b": 2}, None]


def test_an_anchor_does_not_outlast_its_document() -> None:
    with pytest.raises(DocumentError, match="of no anchor"):
        read("a: &x 1\n---\nb: *x\n")


def test_what_follows_a_document_is_not_looked_at_before_it_is_asked_for() -> None:
    assert next(documents(b"a: 1\n---\nb: [")) == (1, {"a": 1})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str) -> None:
    assert list(documents("a: größe".encode(encoding))) == [(1, {"a": "größe"})]


NO_MERGE = "a merge (<<) of what is no mapping or list of mappings"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: *s3cret\n", "line 2, column 4: an alias (*name) of no anchor (&name) before it"),
        ("a: &a [*a]", "line 1, column 8: an alias (*name) inside the value that it stands for"),
        ("b: &a 1\na: &a [*a]", "line 2, column 8: an alias (*name) inside the value that it stands for"),
        ("a: {<<: s3cret}", f"line 1, column 9: {NO_MERGE}"),
        ("a: {<<: }", f"line 1, column 9: {NO_MERGE}"),
        ("a: {<<: [s3cret]}", f"line 1, column 9: {NO_MERGE}"),
        ("a: &a [{b: 1}]\nb: {<<: *a}", f"line 2, column 9: {NO_MERGE}"),
        ("a: .inf", "line 1, column 4: an infinite number or .nan, which JSON has not"),
        ("\na: -.INF", "line 2, column 4: an infinite number or .nan, which JSON has not"),
        ("a: .nan", "line 1, column 4: an infinite number or .nan, which JSON has not"),
        ("~: 1", "line 1, column 1: a key that is no text"),
        ("a: 1\n? [b]\n: 2", "line 2, column 3: a key that is no text"),
        ("? {a: 1}\n: 2", "line 1, column 3: a key that is no text"),
        ("a: &a [b]\n*a : 2", "line 2, column 1: a key that is no text"),
        ("a: 1\n b: 2\n", "line 2, column 3: mapping values are not allowed in this context"),
        ("a: [1\nb: 2", "line 2, column 2: did not find expected ',' or ']'"),
        ("a\nb: s3cret\n", "line 2, column 2: mapping values are not allowed in this context"),
        ("a: 1\ns3cret\nb: 1\n", "line 3, column 1: could not find expected ':'"),
        ("a: !<s3cret", "line 1, column 12: did not find the expected '>'"),
        ("a:\n\t- b", "line 2, column 1: found character that cannot start any token"),
        ("a: 1\nb: \x07", "line 2: control characters are not allowed"),
        (r'a: "\ud800"', "line 1, column 7: found invalid Unicode character escape code"),
        ("!%ed%a0%80 x", "line 1: an escape that stands for no character"),
        ('a: !!binary "%%"', "line 1, column 4: a !!binary value that is no base64"),
        ("a: !!int s3cret", "line 1, column 4: a value is not what its tag says"),
        ("a: !!int 1e3", "line 1, column 4: a value is not what its tag says"),
        ("a: !!bool 1", "line 1, column 4: a value is not what its tag says"),
        ("a: !!int yes", "line 1, column 4: a value is not what its tag says"),
        ("a: !!null x", "line 1, column 4: a value is not what its tag says"),
        ("a: !!timestamp x", "line 1, column 4: a value is not what its tag says"),
    ],
)
def test_what_is_no_yaml_for_json_is_refused_with_its_place_and_unquoted(text: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read(text)
    assert str(refusal.value) == problem


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"a: 1\nb: \xff", "line 2: invalid leading UTF-8 octet"), (b"\xff\xfea", "line 1: incomplete UTF-16 character")],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, problem: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        list(documents(data))
    assert str(refusal.value) == problem


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 200_000 + "x", "{a: " * 200_000])
def test_nesting_without_end_is_refused_before_it_costs_anything(text: str) -> None:
    with pytest.raises(DocumentError, match=f"nested more than {DEPTH} deep"):
        read(text)


def test_nesting_up_to_the_bound_is_read() -> None:
    assert len(read("[" * DEPTH + "]" * DEPTH)) == 1


def test_aliases_nest_no_deeper_than_brackets() -> None:
    links = [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 3000)]
    with pytest.raises(DocumentError, match=f"^line {DEPTH}, column 12: nested more than {DEPTH} deep"):
        read("\n".join(["a0: &a0 [1]", *links]))


@pytest.mark.parametrize("tenfold", ["[{}]", "{{<<: [{}], k{}: *a{}}}"])
def test_a_billion_laughs_are_refused_before_they_cost_anything(tenfold: str) -> None:
    levels = [f"a{n}: &a{n} " + tenfold.format(", ".join([f"*a{n - 1}"] * 10), n, n - 1) for n in range(1, 60)]
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError, match=r"the aliases \(\*name\) stand for more than 1 MiB"):
            read("\n".join(["a0: &a0 {lol: lol}", *levels]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < ALIASED


def test_aliases_stand_for_as_much_as_the_bound_and_no_more() -> None:
    half = f"a: &a {'x' * (ALIASED // 2 - 2)}\n"
    assert len(read(half + "b: [*a, *a]")) == 1
    with pytest.raises(DocumentError, match="stand for more than 1 MiB"):
        read(half + "b: [*a, *a]\nc: &c 1\nd: *c")


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")) | st.sampled_from('\n\t\\"'))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, min_size=1))
def test_json_is_yaml_that_means_the_same(value: object) -> None:
    assert read("---\n" + json.dumps(value, indent=1, ensure_ascii=False)) == [value]


PIECES = st.sampled_from(list("{}[]:,-? \n\t#&*!|>'\"%@`ab1.~")) | st.sampled_from(
    [
        "&a ",
        "*a ",
        "<<: ",
        '"\\ud800"',
        '"\\Uffffffff"',
        "!%ff",
        "!%ed%a0%80 ",
        "!!int ",
        "!!binary ",
        "---\n",
        "9" * 5000,
    ]
)


@pytest.mark.parametrize("loader", dict.fromkeys([yaml_events._Loader, yaml.SafeLoader]))  # noqa: SLF001 - libyaml may be missing
@given(st.lists(PIECES | st.characters(codec="utf-8")).map(lambda pieces: "".join(pieces).encode()) | st.binary())
def test_any_bytes_are_read_or_refused(loader: Any, data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_events, "_Loader", loader)
        try:
            problem = "a problem"
            found = list(json_documents(data))
        except DocumentError as refusal:
            found, problem = [], refusal.problem
    assert all(json.loads(document) is not None for _, document in found)
    assert problem
    assert "\n" not in problem

"""Every answer in these tables was given by a kube-apiserver 1.36.3 to `kubectl get lease -A --field-selector …`.

The six leases stood in the namespace `default`. kubectl trims white space around a selector; here that is done.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.field_selectors import parse_fields
from leasectl.lease.selectors import SelectorError

LEASES = ("bare", "web", "db", "empty", "words", "zero")
ALL = set(LEASES)
UNKNOWN_FIELD = 'is not a known field selector: only "metadata.name", "metadata.namespace"'

SELECTED_BY_FIELDS: list[tuple[str, set[str]]] = [
    ("", ALL),
    (",", ALL),
    ("metadata.name=web", {"web"}),
    ("metadata.name==web", {"web"}),
    ("metadata.name!=web", {"bare", "db", "empty", "words", "zero"}),
    ("metadata.namespace=default", ALL),
    ("metadata.namespace!=default", set()),
    ("metadata.namespace=default,metadata.name=db", {"db"}),
    ("metadata.name=", set()),
    ("metadata.name!=", ALL),
    (",metadata.name=web,", {"web"}),
    ("metadata.name=web,,", {"web"}),
    ("metadata.name=web,metadata.name=db", set()),
    ("metadata.name!=web,metadata.name!=db,metadata.namespace=default", {"bare", "empty", "words", "zero"}),
    ("metadata.name=a\\,b", set()),
    ("metadata.name=a\\=b", set()),
    ("metadata.name=a\\\\b", set()),
    ("metadata.name!=a\\,b,metadata.namespace==default", ALL),
    ("metadata.name= web", set()),
    ("metadata.name=ä", set()),
    ("=", ALL),
    ("!=", ALL),
    ("==", ALL),
    ("metadata.namespace=", set()),
    ("metadata.namespace!=,metadata.name=web", {"web"}),
    ("metadata.name=\\=", set()),
    ("metadata.name=we\\\\b", set()),
]

REFUSED_FIELDS: list[tuple[str, str]] = [
    ("spec.x=1", f'"spec.x" {UNKNOWN_FIELD}'),
    ("metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
    ("metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
    ("metadata.name===a", "invalid field selector: unescaped character in value: 61"),
    ("metadata.name=a\\b", "invalid field selector: invalid escape sequence: \\b"),
    ("metadata.name=a\\", "invalid field selector: invalid escape sequence: \\"),
    ("metadata.name>a", "invalid selector: 'metadata.name>a'; can't understand 'metadata.name>a'"),
    ("metadata.name =web", f'"metadata.name " {UNKNOWN_FIELD}'),
    ("=x", f'"" {UNKNOWN_FIELD}'),
    ("!=x", f'"" {UNKNOWN_FIELD}'),
    ("!metadata.name=x", f'"!metadata.name" {UNKNOWN_FIELD}'),
    ("metadata.name!x", "invalid selector: 'metadata.name!x'; can't understand 'metadata.name!x'"),
    ("spec.holderIdentity=x", f'"spec.holderIdentity" {UNKNOWN_FIELD}'),
    ("metadata.labels.a=b", f'"metadata.labels.a" {UNKNOWN_FIELD}'),
    ("x,y", "invalid selector: 'x,y'; can't understand 'x'"),
    ("b=1,a=2", f'"a" {UNKNOWN_FIELD}'),
    ("zz,metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
    ("metadata.name=a,zz", "invalid selector: 'metadata.name=a,zz'; can't understand 'zz'"),
    ("spec.y=1,metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
    ('"x"=1', f'"\\"x\\"" {UNKNOWN_FIELD}'),
    ("a\tb=1", f'"a\\tb" {UNKNOWN_FIELD}'),
    ("ä=1", f'"ä" {UNKNOWN_FIELD}'),
    ("metadata.name=a\\ä", "invalid field selector: invalid escape sequence: \\ä"),
    ("metadata.name\\=x=1", "invalid field selector: unescaped character in value: 61"),
    ("metadata.name=A!=b", "invalid field selector: unescaped character in value: 61"),
    ("metadata.name!==a", "invalid field selector: unescaped character in value: 61"),
    ("metadata.name in (a)", "invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'"),
    ("metadata.uid=x", f'"metadata.uid" {UNKNOWN_FIELD}'),
    ("a\x01=1", f'"a\\x01" {UNKNOWN_FIELD}'),
    ("\u200b=1", f'"\\u200b" {UNKNOWN_FIELD}'),
    ("x'y", "invalid selector: 'x'y'; can't understand 'x'y'"),
    ("a", "invalid selector: 'a'; can't understand 'a'"),
    ("\\", "invalid selector: '\\'; can't understand '\\'"),
    ("\\,", "invalid selector: '\\,'; can't understand '\\,'"),
    ("apiVersion=v1", f'"apiVersion" {UNKNOWN_FIELD}'),
    ("😀=1", f'"😀" {UNKNOWN_FIELD}'),
    ("\ufeff=1", f'"\\ufeff" {UNKNOWN_FIELD}'),
    ("a\xa0=1", f'"a\\u00a0" {UNKNOWN_FIELD}'),
    ("a<b>&=1", f'"a<b>&" {UNKNOWN_FIELD}'),
    ("a\x7f=1", f'"a\\x7f" {UNKNOWN_FIELD}'),
    ("a\xad=1", f'"a\\u00ad" {UNKNOWN_FIELD}'),
]


@pytest.mark.parametrize(("text", "selected"), SELECTED_BY_FIELDS)
def test_a_field_selector_selects_what_the_api_server_selects(text: str, selected: set[str]) -> None:
    selector = parse_fields(text)
    assert {name for name in LEASES if selector.matches("default", name)} == selected


@pytest.mark.parametrize(("text", "words"), REFUSED_FIELDS)
def test_a_bad_field_selector_is_refused_in_the_api_servers_words(text: str, words: str) -> None:
    with pytest.raises(SelectorError) as refusal:
        parse_fields(text)
    assert str(refusal.value) == words


def test_a_field_selectors_namespace_tells_leases_of_one_name_apart() -> None:
    selector = parse_fields("metadata.namespace!=default,metadata.name=web")
    assert selector.matches("kube-system", "web")
    assert not selector.matches("default", "web")


def test_an_escaped_comma_belongs_to_the_value() -> None:
    assert parse_fields(r"metadata.name=a\,b").matches("default", "a,b")


def test_a_byte_that_is_no_utf8_is_quoted_as_go_quotes_it() -> None:
    with pytest.raises(SelectorError, match=r'^"\\xff" is not a known field selector'):
        parse_fields("\udcff=1")


@given(st.text(alphabet=st.sampled_from(list("=!\\,n")) | st.characters()))
def test_any_text_is_a_field_selector_or_is_refused(text: str) -> None:
    with suppress(SelectorError):
        assert parse_fields(text) == parse_fields(f",{text}")


@given(st.text())
def test_an_escaped_name_selects_that_name(name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace(",", r"\,").replace("=", r"\=")
    assert parse_fields(f"metadata.name={escaped}").matches("default", name)

"""Every answer in these tables was given by a kube-apiserver 1.36.3 to `kubectl get lease -A -l …`.

The six leases stood in the namespace `default`. kubectl trims white space around a selector; here that is done.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.label_selectors import parse_labels
from leasectl.lease.selectors import SelectorError

LEASES: dict[str, dict[str, str] | None] = {
    "bare": None,
    "web": {"app": "web", "tier": "1"},
    "db": {"app": "db", "tier": "10"},
    "empty": {"app": "", "example.com/role": "x"},
    "words": {"app": "in", "tier": "notin", "in": "in"},
    "zero": {"tier": "007", "app": "a.b_c-d"},
}
NAME_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', "
    "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
    "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
UNREADABLE = "unable to parse requirement"
NOT_A_NUMBER = "for 'Gt', 'Lt' operators, the value must be an integer"
PREFIX_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', "
    r"regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)

SELECTED_BY_LABELS: list[tuple[str, set[str]]] = [
    ("", {"bare", "db", "empty", "web", "words", "zero"}),
    ("app=web", {"web"}),
    ("app==web", {"web"}),
    ("app!=web", {"bare", "db", "empty", "words", "zero"}),
    ("app", {"db", "empty", "web", "words", "zero"}),
    ("!app", {"bare"}),
    ("app in (web,db)", {"db", "web"}),
    ("app notin (web,db)", {"bare", "empty", "words", "zero"}),
    ("app in (web)", {"web"}),
    ("tier>1", {"db", "zero"}),
    ("tier<10", {"web", "zero"}),
    ("tier > 0", {"db", "web", "zero"}),
    ("tier<5", {"web"}),
    ("app=", {"empty"}),
    ("app!=", {"bare", "db", "web", "words", "zero"}),
    ("app in ()", {"empty"}),
    ("app notin ()", {"bare", "db", "web", "words", "zero"}),
    ("app in (,)", {"empty"}),
    ("app in (,web)", {"empty", "web"}),
    ("app in (web,,db)", {"db", "empty", "web"}),
    ("app in (web,)", {"empty", "web"}),
    ("app=in", {"words"}),
    ("app=notin", set()),
    ("in", {"words"}),
    ("in=in", {"words"}),
    ("in in (in)", {"words"}),
    ("app in (in,notin)", {"words"}),
    ("tier=notin", {"words"}),
    ("app = web , tier = 1", {"web"}),
    ("app=web,tier=10", set()),
    ("app,tier", {"db", "web", "words", "zero"}),
    ("!example.com/role", {"bare", "db", "web", "words", "zero"}),
    ("example.com/role=x", {"empty"}),
    ("example.com/role", {"empty"}),
    ("tier=7", set()),
    ("tier>6", {"db", "zero"}),
    ("app\t=\nweb", {"web"}),
    ("! app", {"bare"}),
    ("app =", {"empty"}),
    ("app==", {"empty"}),
    ("app=web,app=db", set()),
    ("app=web,app!=db", {"web"}),
    ("tier in (007, 10)", {"db", "zero"}),
    ("app = ,tier", set()),
    ("!app,tier", set()),
    ("notin", set()),
    ("notin notin (notin)", {"bare", "db", "empty", "web", "words", "zero"}),
    ("app in(web)", {"web"}),
    ("app notin(web,db),tier", {"words", "zero"}),
    ("a>5,b<3,a", set()),
    ("tier>007", {"db"}),
    ("app = in, tier = notin", {"words"}),
    ("app in\n(web)", {"web"}),
]

REFUSED_LABELS: list[tuple[str, str]] = [
    ("a in", f"{UNREADABLE}: found '' expected: '('"),
    ("app=web,", "found '', expected: identifier after ','"),
    (",app", "found ',', expected: !, identifier, or 'end of string'"),
    (",", "found ',', expected: !, identifier, or 'end of string'"),
    ("app web", f"{UNREADABLE}: found 'web', expected: in, notin, =, ==, !=, gt, lt"),
    ("app in web", f"{UNREADABLE}: found 'web' expected: '('"),
    ("app in (web", f"{UNREADABLE}: found '', expected: ',' or ')'"),
    ("app in (web db)", f"{UNREADABLE}: found 'db', expected: ',' or ')'"),
    ("app in (", f"{UNREADABLE}: found '', expected: ',', ')' or identifier"),
    ("app in ((", f"{UNREADABLE}: found '(', expected: ',', ')' or identifier"),
    ("app in (=)", f"{UNREADABLE}: found '=', expected: ',', ')' or identifier"),
    ("app in (web=", f"{UNREADABLE}: found '=', expected: ',' or ')'"),
    ("app===web", f"{UNREADABLE}: found '=', expected: identifier"),
    ("app=!web", f"{UNREADABLE}: found '!', expected: identifier"),
    ("app=(web)", f"{UNREADABLE}: found '(', expected: identifier"),
    ("app><1", f"{UNREADABLE}: found '<', expected: identifier"),
    ("app>", f'{UNREADABLE}: values[0]: Invalid value: "": {NOT_A_NUMBER}'),
    ("app>x", f'{UNREADABLE}: values[0]: Invalid value: "x": {NOT_A_NUMBER}'),
    ("tier>1.5", f'{UNREADABLE}: values[0]: Invalid value: "1.5": {NOT_A_NUMBER}'),
    ("tier<99999999999999999999", f'{UNREADABLE}: values[0]: Invalid value: "99999999999999999999": {NOT_A_NUMBER}'),
    ("tier>+1", f'{UNREADABLE}: values[0][tier]: Invalid value: "+1": {VALUE_RULE}'),
    ("tier>-1", f'{UNREADABLE}: values[0][tier]: Invalid value: "-1": {VALUE_RULE}'),
    ("tier>1_000", f'{UNREADABLE}: values[0]: Invalid value: "1_000": {NOT_A_NUMBER}'),
    ("!", f"{UNREADABLE}: found '', expected: identifier"),
    ("!!app", f"{UNREADABLE}: found '!', expected: identifier"),
    ("!app=web", "found '=', expected: ',' or 'end of string'"),
    ("!app in (x)", "found 'in', expected: ',' or 'end of string'"),
    ("=web", "found '=', expected: !, identifier, or 'end of string'"),
    ("==", "found '==', expected: !, identifier, or 'end of string'"),
    ("(app)", "found '(', expected: !, identifier, or 'end of string'"),
    (")", "found ')', expected: !, identifier, or 'end of string'"),
    ("app)", f"{UNREADABLE}: found ')', expected: in, notin, =, ==, !=, gt, lt"),
    ("app=web tier=1", "found 'tier', expected: ',' or 'end of string'"),
    ("app=web;tier", f'{UNREADABLE}: values[0][app]: Invalid value: "web;tier": {VALUE_RULE}'),
    ("-app", f'{UNREADABLE}: <nil>: Invalid value: "-app": name part {NAME_RULE}'),
    ("app-", f'{UNREADABLE}: <nil>: Invalid value: "app-": name part {NAME_RULE}'),
    ("app=-x", f'{UNREADABLE}: values[0][app]: Invalid value: "-x": {VALUE_RULE}'),
    ("app=x-", f'{UNREADABLE}: values[0][app]: Invalid value: "x-": {VALUE_RULE}'),
    ("app=a/b", f'{UNREADABLE}: values[0][app]: Invalid value: "a/b": {VALUE_RULE}'),
    (
        "a/b/c",
        (
            f'{UNREADABLE}: <nil>: Invalid value: "a/b/c": a valid label key {NAME_RULE}'
            " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ),
    ),
    ("/app", f'{UNREADABLE}: <nil>: Invalid value: "/app": prefix part must be non-empty'),
    ("app/", f'{UNREADABLE}: <nil>: Invalid value: "app/": name part must be non-empty; name part {NAME_RULE}'),
    ("Example.com/app", f'{UNREADABLE}: <nil>: Invalid value: "Example.com/app": prefix part {PREFIX_RULE}'),
    ("exa_mple/app", f'{UNREADABLE}: <nil>: Invalid value: "exa_mple/app": prefix part {PREFIX_RULE}'),
    (
        "a" * 64,
        f'{UNREADABLE}: <nil>: Invalid value: "{"a" * 64}": name part must be no more than 63 bytes',
    ),
    (
        "a=" + "b" * 64,
        f'{UNREADABLE}: values[0][a]: Invalid value: "{"b" * 64}": must be no more than 63 bytes',
    ),
    (
        "x" * 254 + "/a",
        f'{UNREADABLE}: <nil>: Invalid value: "{"x" * 254}/a": prefix part must be no more than 253 bytes',
    ),
    ("ä=b", f'{UNREADABLE}: <nil>: Invalid value: "ä": name part {NAME_RULE}'),
    ("a=ä", f'{UNREADABLE}: values[0][a]: Invalid value: "ä": {VALUE_RULE}'),
    ("app in (-x, web)", f'{UNREADABLE}: values[0][app]: Invalid value: "-x": {VALUE_RULE}'),
    (
        "app in (-x, y-)",
        (
            f'{UNREADABLE}: [values[0][app]: Invalid value: "-x": {VALUE_RULE}, '
            f'values[1][app]: Invalid value: "y-": {VALUE_RULE}]'
        ),
    ),
    ('app="web"', f'{UNREADABLE}: values[0][app]: Invalid value: "\\"web\\"": {VALUE_RULE}'),
    ("app='web'", f"{UNREADABLE}: values[0][app]: Invalid value: \"'web'\": {VALUE_RULE}"),
    ("app=we\\b", f'{UNREADABLE}: values[0][app]: Invalid value: "we\\\\b": {VALUE_RULE}'),
    ("app!", f"{UNREADABLE}: found '!', expected: in, notin, =, ==, !=, gt, lt"),
    ("app!web", f"{UNREADABLE}: found '!', expected: in, notin, =, ==, !=, gt, lt"),
    ("app! =web", f"{UNREADABLE}: found '!', expected: in, notin, =, ==, !=, gt, lt"),
    ("app!,web", f"{UNREADABLE}: found '!', expected: in, notin, =, ==, !=, gt, lt"),
    ("app notin", f"{UNREADABLE}: found '' expected: '('"),
    ("app notin web", f"{UNREADABLE}: found 'web' expected: '('"),
    ("app IN (web)", f"{UNREADABLE}: found 'IN', expected: in, notin, =, ==, !=, gt, lt"),
    ("app=a=b", "found '=', expected: ',' or 'end of string'"),
    ("app!==web", f"{UNREADABLE}: found '=', expected: identifier"),
    ("app=<", f"{UNREADABLE}: found '<', expected: identifier"),
    ("app<=1", f"{UNREADABLE}: found '=', expected: identifier"),
    ("app>=1", f"{UNREADABLE}: found '=', expected: identifier"),
    ("app=web,,tier", "found ',', expected: identifier after ','"),
    ("app=web,!", f"{UNREADABLE}: found '', expected: identifier"),
    ("app=web,=", "found '=', expected: identifier after ','"),
    ("app, in (web)", f"{UNREADABLE}: found '(', expected: in, notin, =, ==, !=, gt, lt"),
    ("app in (web),", "found '', expected: identifier after ','"),
    ("app in (web)tier", "found 'tier', expected: ',' or 'end of string'"),
    ("$(x)", f'{UNREADABLE}: <nil>: Invalid value: "$": name part {NAME_RULE}'),
    ("*", f'{UNREADABLE}: <nil>: Invalid value: "*": name part {NAME_RULE}'),
    ("app=*", f'{UNREADABLE}: values[0][app]: Invalid value: "*": {VALUE_RULE}'),
    ("app=<b>", f"{UNREADABLE}: found '<', expected: identifier"),
    ("app in (web,(", f"{UNREADABLE}: found '(', expected: ',', or identifier"),
    ("app in (web,<", f"{UNREADABLE}: found '<', expected: ',', or identifier"),
    ("app in (web,,,", f"{UNREADABLE}: found '', expected: ',', or identifier"),
    ("app in (,", f"{UNREADABLE}: found '', expected: ',', or identifier"),
    ("app in (,,=)", f"{UNREADABLE}: found '=', expected: ',', or identifier"),
    ("a=b/", f'{UNREADABLE}: values[0][a]: Invalid value: "b/": {VALUE_RULE}'),
    ("a/=b", f'{UNREADABLE}: <nil>: Invalid value: "a/": name part must be non-empty; name part {NAME_RULE}'),
    ("a.=b", f'{UNREADABLE}: <nil>: Invalid value: "a.": name part {NAME_RULE}'),
    ("tier>", f'{UNREADABLE}: values[0]: Invalid value: "": {NOT_A_NUMBER}'),
    ("tier<,app", f'{UNREADABLE}: values[0]: Invalid value: "": {NOT_A_NUMBER}'),
    ("tier> -1", f'{UNREADABLE}: values[0][tier]: Invalid value: "-1": {VALUE_RULE}'),
    ("a=\x01b", f'{UNREADABLE}: values[0][a]: Invalid value: "\\x01b": {VALUE_RULE}'),
    ("ä in (ö)", f'{UNREADABLE}: <nil>: Invalid value: "ä": name part {NAME_RULE}'),
    ("a..b/c=d", f'{UNREADABLE}: <nil>: Invalid value: "a..b/c": prefix part {PREFIX_RULE}'),
    ("-/b", f'{UNREADABLE}: <nil>: Invalid value: "-/b": prefix part {PREFIX_RULE}'),
    ("a/b-", f'{UNREADABLE}: <nil>: Invalid value: "a/b-": name part {NAME_RULE}'),
    ("a=.", f'{UNREADABLE}: values[0][a]: Invalid value: ".": {VALUE_RULE}'),
    ("app=x\ufeff", f'{UNREADABLE}: values[0][app]: Invalid value: "x\\ufeff": {VALUE_RULE}'),
    ("a=\u200b", f'{UNREADABLE}: values[0][a]: Invalid value: "\\u200b": {VALUE_RULE}'),
    ('a="\\', f'{UNREADABLE}: values[0][a]: Invalid value: "\\"\\\\": {VALUE_RULE}'),
    ("a=\\", f'{UNREADABLE}: values[0][a]: Invalid value: "\\\\": {VALUE_RULE}'),
]


@pytest.mark.parametrize(("text", "selected"), SELECTED_BY_LABELS)
def test_a_label_selector_selects_what_the_api_server_selects(text: str, selected: set[str]) -> None:
    selector = parse_labels(text)
    assert {name for name, labels in LEASES.items() if selector.matches(labels)} == selected


@pytest.mark.parametrize(("text", "words"), REFUSED_LABELS)
def test_a_bad_label_selector_is_refused_in_the_api_servers_words(text: str, words: str) -> None:
    with pytest.raises(SelectorError) as refusal:
        parse_labels(text)
    assert str(refusal.value) == words


@given(st.text(alphabet=st.sampled_from(list("ab1- \t=!<>(),/\\\0é")) | st.characters()))
def test_any_text_is_a_label_selector_or_is_refused(text: str) -> None:
    with suppress(SelectorError):
        assert parse_labels(text) == parse_labels(text + " ")


WORDS = st.from_regex(r"[a-z0-9]([-a-z0-9_.]{0,8}[a-z0-9])?", fullmatch=True)


@given(WORDS, st.sets(WORDS, min_size=1), st.dictionaries(WORDS, WORDS))
def test_in_and_notin_divide_all_objects_between_them(key: str, values: set[str], labels: dict[str, str]) -> None:
    among = f"({','.join(values)})"
    assert parse_labels(f"{key} in {among}").matches(labels) != parse_labels(f"{key} notin {among}").matches(labels)

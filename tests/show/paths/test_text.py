"""Every expected text and error is what client-go 0.36.3 gave for the same template and document."""

from __future__ import annotations

import msgspec
import pytest

from leasectl.show.paths import find, syntax, text
from leasectl.show.paths.errors import PathError
from tests.show.paths.document import DOCUMENT


def rendered(template: str, document: object = DOCUMENT, *, allow_missing: bool = True) -> str:
    return text.render(syntax.parse(template), document, str, allow_missing=allow_missing)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("{.kind}", "List"),
        ("kind: {.kind}, {.metadata}", 'kind: List, {"resourceVersion":""}'),
        ("{@.kind}", "List"),
        ("{$.kind}", "List"),
        ("{.}", ""),
        ("{.nope}", ""),
        ("{.nope.deeper[*].x}", ""),
        ("{.kind.x}", ""),
        ("{.items[0].metadata.name}", "a"),
        ("{.items[-1].metadata.name}", "c"),
        ("{.items[].metadata.name}", "a"),
        ("{.items[*].metadata.name}", "a b c"),
        ("{.items[*].spec.holderIdentity}", "cp-1 cp-2"),
        ("{.items[*]['kind','metadata.name']}", "Lease Lease Lease a b c"),
        ("{.items[0]['metadata']['name']}", "a"),
        ("{.items[0].metadata.labels.a\\.b/c}", "dot"),
        ("{.items[0].metadata.labels['a\\.b/c']}", "dot"),
        ("{.items[0].metadata.labels['a.b/c']}", ""),
        ("{.items[0].metadata.labels}", '{"a.b/c":"dot","app":"one"}'),
        ("{.items[0].metadata.annotations}", '{"html":"\\u003ca\\u003e\\u0026b","tab":"x\\ty"}'),
        ("{.items[0].metadata.annotations.html}", "<a>&b"),
        ("{.items[0].spec}", '{"holderIdentity":"cp-1","leaseDurationSeconds":15,"leaseTransitions":3}'),
        ("{.items[1].spec.strategy}", "null"),
        ("{.items[2].spec}", "{}"),
        ("{.words}", '["p","q","r","s","t"]'),
        ("{.words[*]}", "p q r s t"),
        ("{.words[1:3]}", "q r"),
        ("{.words[:2]}", "p q"),
        ("{.words[3:]}", "s t"),
        ("{.words[-2:]}", "s t"),
        ("{.words[:-3]}", "p q"),
        ("{.words[::2]}", "p r t"),
        ("{.words[1:5:2]}", "q s"),
        ("{.words[0,2,-1]}", "p r t"),
        ("{.words[2:2]}", ""),
        ("{.words.*}", "p q r s t"),
        ("{.kind.*}", "76 105 115 116"),
        ("{.metadata.*}", ""),
        ("{.items[0].metadata.labels.*}", "dot one"),
        ("{..name}", "a b c"),
        ("{.items..app}", "one two"),
        ("{..resourceVersion}", ""),
        ("{.metadata..}", '{"resourceVersion":""}'),
        ("{.numbers}", "[0,-1,1.5,1000000,123456789,1e+21,1e-7,-0,9223372036854775807,9223372036854776000]"),
        ("{.numbers[*]}", "0 -1 1.5 1e+06 1.23456789e+08 1e+21 1e-07 -0 9223372036854775807 9.223372036854776e+18"),
        ("{.mixed}", '[null,true,"x",7,{"k":null},[]]'),
        ("{.mixed[*]}", 'null true x 7 {"k":null} []'),
        ("{range .mixed[*]}[{@}]{end}", '[<no value>][true][x][7][{"k":null}][[]]'),
        ('{range .items[*]}{.metadata.name}={.spec.holderIdentity}{"\\n"}{end}', "a=cp-1\nb=cp-2\nc=\n"),
        ("{range .items[*]}{.metadata.name} {end}{.kind}", "a b c List"),
        ("{range .items[*]}{.metadata.name}", "abc"),
        ("{range .items[*]}{.metadata.name}:{range .metadata.labels.*}<{@}>{end};{end}", "a:<dot><one>;b:<two>;c:;"),
        ("{range .none[*]}{.x}{end}after", "after"),
        ("{range .items}{.metadata.name}{end}", ""),
        ("{range .items[*].spec}{.leaseTransitions}{end}", "3"),
        ("{range .items[*]}{end}", ""),
        ("{range}{.kind}{end}", "List"),
        ('{.items[?(@.metadata.name=="b")].spec.holderIdentity}', "cp-2"),
        ("{.items[?(@.metadata.name=='b')].spec.holderIdentity}", "cp-2"),
        ('{.items[?(@.metadata.name!="b")].metadata.name}', "a c"),
        ('{.items[?(.metadata.name=="b")].metadata.name}', "b"),
        ("{.items[?(@.spec.leaseDurationSeconds>15)].metadata.name}", "b"),
        ("{.items[?(@.spec.leaseDurationSeconds>=15)].metadata.name}", "a b"),
        ("{.items[?(@.spec.leaseDurationSeconds<16)].metadata.name}", "a"),
        ("{.items[?(@.spec.leaseDurationSeconds<=15)].metadata.name}", "a"),
        ("{.items[?( @.spec.leaseDurationSeconds == 15 )].metadata.name}", "a"),
        ("{.items[?(@.spec.holderIdentity)].metadata.name}", "a b"),
        ('{.items[?(@.spec.holderIdentity>"cp-1")].metadata.name}', "b"),
        ("{.items[?(@.spec.strategy)].metadata.name}", "b"),
        ('{.items[?(@.metadata.name==")")].kind}', ""),
        ('{.words[?(@>"q")]}', "r s t"),
        ("{.items[*].metadata.labels.app}{\"\\t\"}{.kind}{'\\n'}", "one two\tList\n"),
        ('{"a" "b"}', "b"),
        ('{"\\x41\\u00e9\\101\\U0001F600\\\\\\""}', 'AéA😀\\"'),
        ("{'it\\'s'}", "it's"),
        ("{007}{99999999999999999999}", "71e+20"),
        ("{true}{false}", "truefalse"),
        ("{.kind}}", "List}"),
        ("{ .kind }", "List"),
        ("{.items[*].spec 5}", "5 5 5"),
        ("{['kind']}", "List"),
        ("{['kind','words']}", 'List ["p","q","r","s","t"]'),
        ('{range .words[1:3]}{@}{"-"}{end}{range .words[3:]}{@}{"+"}{end}', "q-r-s+t+"),
    ],
)
def test_a_template_prints_what_kubectl_prints(template: str, expected: str) -> None:
    assert rendered(template) == expected


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.words[x]}", "invalid array index x"),
        ("{.words[-]}", "array index - is not a number"),
        ("{.words[99999999999999999999]}", "array index 99999999999999999999 is not a number"),
        ("{.words[0}", "unterminated array"),
        ("{....name}", "invalid multiple recursive descent"),
        ("{..*}", "unrecognized character in action: U+002A '*'"),
        ("{.items[?(@.metadata.name=~/b/)]}", "unrecognized character in action: U+007E '~'"),
        ('{.items[?(@.metadata.name=="a"]}', "unterminated filter"),
        ('{.items[?(@.metadata.name=="a")}', "unclosed array expect ]"),
        ('{"bad \\q"}', 'unquote string "bad \\q" error invalid syntax'),
        ('{"open}', "unterminated quoted string"),
        ("{1.2.3}", "cannot parse number 1.2.3"),
        ("{.kind", "unclosed action"),
        ("{#}", "unrecognized character in action: U+0023 '#'"),
        ("{.kind\t}", "unrecognized character in action: U+0009"),
    ],
)
def test_a_template_that_cannot_be_read_is_refused_in_kubectls_words(template: str, message: str) -> None:
    with pytest.raises(PathError) as refused:
        syntax.parse(template)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{kind}", "unrecognized identifier kind"),
        ("{.items[7]}", "array index out of bounds: index 7, length 3"),
        ("{.items[-4]}", "array index out of bounds: index -1, length 3"),
        ("{.kind[0]}", "string is not array or slice"),
        ("{.metadata[0]}", "map[string]interface {} is not array or slice"),
        ("{.items[0].spec.leaseTransitions[0]}", "int64 is not array or slice"),
        ("{.words[3:1]}", "starting index 3 is greater than ending index 1"),
        ("{.words[0:6]}", "array index out of bounds: index 5, length 5"),
        ("{.words[0:2:0]}", "step must be > 0"),
        ("{.words[::-1]}", "step must be > 0"),
        ("{end}", "not in range, nothing to end"),
        ("{.items[?(@.spec.leaseDurationSeconds==15.0)].metadata.name}", "incompatible types for comparison"),
        ('{.items[?(@.spec.leaseDurationSeconds=="15")].metadata.name}', "incompatible types for comparison"),
        ('{.items[?(@.spec.strategy=="x")].metadata.name}', "invalid type for comparison"),
        ('{.items[?(@.spec=="x")].metadata.name}', "invalid type for comparison"),
        ("{.items[?(@.metadata.name=b)].metadata.name}", "unrecognized identifier b"),
        ('{.items[?(@.metadata.name="b")].metadata.name}', "unrecognized filter operator ="),
        ("{.metadata[?(@.x)]}", "map[resourceVersion:] is not array or slice and cannot be filtered"),
        (
            "{.items[0].spec[?(@.x)]}",
            "map[holderIdentity:cp-1 leaseDurationSeconds:15 leaseTransitions:3] is not array or slice and cannot be filtered",
        ),
        ("{.mixed[?(@==true)]}", "invalid type for comparison"),
        ('{.words[?(@>="q")][0]}', "string is not array or slice"),
        ("{.numbers[?(@<0)]}", "incompatible types for comparison"),
        ("{.mixed[?(true<false)]}", "invalid type for comparison"),
        ("{5}{-2}{+3}{1.5}{1e3}", "unrecognized identifier e3"),
        ("{null}", "unrecognized identifier null"),
        ("{é}", "unrecognized identifier é"),
        ("{.words[1:3][0]}", "string is not array or slice"),
    ],
)
def test_a_template_that_does_not_fit_is_refused_in_kubectls_words(template: str, message: str) -> None:
    parsed = syntax.parse(template)
    with pytest.raises(PathError) as refused:
        find.results(parsed, DOCUMENT)
    assert str(refused.value) == message


def test_an_empty_action_is_the_whole_document() -> None:
    for template in ("{}", "{@}", "{$}"):
        assert msgspec.json.decode(rendered(template, DOCUMENT["items"])) == DOCUMENT["items"]


def test_a_missing_field_is_an_error_where_it_was_asked_for() -> None:
    with pytest.raises(PathError, match=r"^nope is not found$"):
        rendered("{.spec.nope}", {"spec": {}}, allow_missing=False)


def test_a_field_that_one_of_several_has_is_not_missing() -> None:
    assert rendered("{[*].a}", [{"a": 1}, {}], allow_missing=False) == "1"


def test_a_range_without_its_end_runs_on_past_it() -> None:
    """client-go goes through the rest once for each item, then once more for the whole."""
    assert rendered('{range .words[:2]}{@}{"-"}{"!"}') == rendered("p-!q-!{@}-!")


def test_a_filter_that_asks_for_existence_takes_a_failed_index_for_it() -> None:
    """`[0]` of a map fails and leaves the map itself, which is something."""
    assert rendered("{[?(@[0])].name}", [{"name": "a"}]) == "a"


def test_bytes_that_are_no_utf8_come_through() -> None:
    assert rendered(r'{"\xff\377"}', {}).encode("utf-8", "surrogateescape") == b"\xff\xff"


def test_values_are_shown_and_the_templates_text_stays() -> None:
    template = syntax.parse('\t{.a}{"\\n"}{.b}')
    assert text.render(template, {"a": "x\x1b", "b": {"c": "\t"}}, repr) == "\t" + repr("x\x1b") + "\n" + repr(
        r'{"c":"\t"}'
    )


@pytest.mark.parametrize("written", [".a.b", "a.b", "{.a.b}", "{a.b}"])
def test_a_path_may_be_written_without_dot_and_braces(written: str) -> None:
    assert syntax.relaxed(written) == "{.a.b}"


@pytest.mark.parametrize("written", ["{.a}{.b}", "{", "x{.a}", "}"])
def test_a_path_is_one_expression(written: str) -> None:
    with pytest.raises(PathError, match=r"^unexpected path string, expected a 'name1\.name2' or "):
        syntax.relaxed(written)

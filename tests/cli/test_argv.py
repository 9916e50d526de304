"""argv in, canonical argv out; the refusals' words are those of kubectl 1.36.3, with our program in its place."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cli.argv import normalise
from leasectl.cli.flags import Command, Flag
from leasectl.lease.errors import UsageError

ROOT = (
    Flag("namespace", "n"),
    Flag("server", "s"),
    Flag("as-group", many=True, whole=True),
    Flag("insecure-skip-tls-verify", takes="bool"),
    Flag("request-timeout"),
    Flag("version", takes="bool", alone=True),
    Flag("v", "v", ignored=True),
)
READING = (
    Flag("all-namespaces", "A", "bool"),
    Flag("selector", "l"),
    Flag("output", "o"),
    Flag("watch", "w", "bool"),
    Flag("label-columns", "L", many=True),
)
COMMANDS = {
    "get": Command(READING),
    "watch": Command((Flag("until"), *READING[:2])),
    "steal": Command(
        (Flag("dry-run", None, "optional", default_value="client"), Flag("yes", "y", "bool"), Flag("to", "o"))
    ),
    "lock": Command((Flag("wait", takes="bool"),)),
    "demo": Command((Flag("nodes"),), passes_through=True),
}


def canonical(*argv: str) -> list[str]:
    return normalise(argv, ROOT, COMMANDS, "leasectl")


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        # A value's forms.
        ("get -o json", "get --output=json"),
        ("get -ojson", "get --output=json"),
        ("get -o=json", "get --output=json"),
        ("get --output json", "get --output=json"),
        ("get --output=json", "get --output=json"),
        ("get --output=", "get --output="),
        ("get -o=", "get --output=="),
        ("get -o==", "get --output=="),
        ("get --output=a=b", "get --output=a=b"),
        ("get -l -x", "get --selector=-x"),
        ("get -n -5", "--namespace=-5 get"),
        ("get -l --help", "get --selector=--help"),
        ("get -l -- x", "get --selector=-- x"),
        ("get -o -", "get --output=- "),
        ("get -lapp!=x", "get --selector=app!=x"),
        # A truth value's forms.
        ("get -A", "get --all-namespaces"),
        ("get -A=true", "get --all-namespaces"),
        ("get -A=T", "get --all-namespaces"),
        ("get -A=TRUE", "get --all-namespaces"),
        ("get -A=1", "get --all-namespaces"),
        ("get -A=false", "get"),
        ("get --all-namespaces", "get --all-namespaces"),
        ("get --all-namespaces=True", "get --all-namespaces"),
        ("get --all-namespaces=0", "get"),
        ("get --all-namespaces=f", "get"),
        ("get --all-namespaces=F", "get"),
        ("get --all-namespaces=False", "get"),
        ("get --all-namespaces=FALSE", "get"),
        ("get --all-namespaces=t", "get --all-namespaces"),
        ("get --all-namespaces false", "get --all-namespaces false"),
        ("get --insecure-skip-tls-verify", "--insecure-skip-tls-verify get"),
        # What kubectl has and is of no consequence here.
        ("get -v=6 x", "get x"),
        ("-v 6 get -v6 x --v=6", "get x"),
        # Groups.
        ("get -Aojson", "get --all-namespaces --output=json"),
        ("get -Aw", "get --all-namespaces --watch"),
        ("get -wA", "get --all-namespaces --watch"),
        ("get -An kube-system", "--namespace=kube-system get --all-namespaces"),
        ("get -Ao=json", "get --all-namespaces --output=json"),
        ("get -AwA=false", "get --watch"),
        ("get -nAw", "--namespace=Aw get"),
        # A value that may be left out.
        ("steal x --dry-run", "steal --dry-run=client x"),
        ("steal x --dry-run=server", "steal --dry-run=server x"),
        ("steal --dry-run server", "steal --dry-run=client server"),
        ("steal x --dry_run=none", "steal --dry-run=none x"),
        # The last one wins, a list keeps all.
        ("get -o json -o yaml", "get --output=yaml"),
        ("get -A -A=false", "get"),
        ("get -A=false -A", "get --all-namespaces"),
        ("-n a get -n b", "--namespace=b get"),
        ("get -L a,b -L c", "get --label-columns=a --label-columns=b --label-columns=c"),
        ('get -L "a,b",c', "get --label-columns=a,b --label-columns=c"),
        ('get -L "a""b"', 'get --label-columns=a"b'),
        ("get -L a,,b", "get --label-columns=a --label-columns= --label-columns=b"),
        ("get -L=", "get --label-columns=="),
        ("get --label-columns=", "get"),
        ("get --as-group=cn=a,ou=b --as-group c", "--as-group=cn=a,ou=b --as-group=c get"),
        # Long names.
        ("get --all_namespaces", "get --all-namespaces"),
        ("get --request_timeout=1s", "--request-timeout=1s get"),
        # Flags anywhere before `--`.
        ("-n kube-system get", "--namespace=kube-system get"),
        ("-nkube-system get x", "--namespace=kube-system get x"),
        ("-A get", "get --all-namespaces"),
        ("-Aojson get x", "get --all-namespaces --output=json x"),
        ("-o json get x", "get --output=json x"),
        ("-o get watch --until x -o y", "<unknown>"),
        ("-n get get", "--namespace=get get"),
        ("-o get get", "get --output=get"),
        ("-l get watch", "watch --selector=get"),
        ("-o watch steal x", "steal --to=watch x"),
        ("get x -o json y -A", "get --all-namespaces --output=json x y"),
        ("x get", "<unknown>"),
        # Positionals.
        ("get -", "get -"),
        ("get - -A", "get --all-namespaces -"),
        ("get get watch", "get get watch"),
        ("get lease/x kube-system/y", "get lease/x kube-system/y"),
        ("get -- -A", "get -- -A"),
        ("get -A x -- -o --help", "get --all-namespaces x -- -o --help"),
        ("get --", "get --"),
        ("get -- a -- b", "get -- a -- b"),
        ("lock x --wait -- make -j2 -- all", "lock --wait x -- make -j2 -- all"),
        # A command whose rest is another command line.
        ("demo --nodes 3 get -A -o json", "demo --nodes=3 get -A -o json"),
        ("demo get --nodes 3 -h", "demo get --nodes 3 -h"),
        ("--nodes=3 demo get -A", "demo --nodes=3 get -A"),
        ("demo -n x get -n y", "--namespace=x demo get -n y"),
        ("demo -- get -A", "demo -- get -A"),
        ("demo", "demo"),
        # Help wins.
        ("--help", "--help"),
        ("-h", "--help"),
        ("get -h", "get --help"),
        ("-h get", "get --help"),
        ("get x -Ah -o json", "get --help"),
        ("get --foo --help", "get --help"),
        ("get --help --foo", "get --help"),
        ("get -A=maybe -h", "get --help"),
        ("get --help=false -A", "get --all-namespaces"),
        ("demo -h get", "demo --help"),
        ("-o x lock --help", "--help"),
        ("--foo --help", "--help"),
        ("help", "--help"),
        ("help get", "get --help"),
        # No command.
        ("", "--help"),
        ("-n x", "--help"),
        ("-- get", "--help"),
        ("--version", "--version"),
        ("-n x --version", "--version"),
        ("--version=false", "--help"),
        ("--version get", "--version get"),
    ],
)
def test_a_line_as_kubectl_users_type_it_has_one_canonical_form(argv: str, expected: str) -> None:
    if expected == "<unknown>":
        with pytest.raises(UsageError, match=r"^error: unknown "):
            canonical(*argv.split())
    else:
        assert canonical(*argv.split()) == expected.split()


def test_empty_words_and_words_with_spaces_stay_what_they_are() -> None:
    assert canonical("get", "", "-l", "", "-o", "a b") == ["get", "--selector=", "--output=a b", ""]


SEE = "\nSee 'leasectl --help' for usage."
SEE_GET = "\nSee 'leasectl get --help' for usage."
BAD_BOOL = 'flag: strconv.ParseBool: parsing "maybe": invalid syntax'


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["get", "--foo"], "unknown flag: --foo" + SEE_GET),
        (["get", "--foo=bar"], "unknown flag: --foo" + SEE_GET),
        (["get", "--no_headerz"], "unknown flag: --no_headerz" + SEE_GET),
        (["get", "--outpu", "json"], "unknown flag: --outpu" + SEE_GET),
        (["get", "-output=json"], None),
        (["get", "--nodes", "3"], "unknown flag: --nodes" + SEE_GET),
        (["get", "--é"], "unknown flag: --é" + SEE_GET),
        (["get", "--a\x1b[31m\n"], r"unknown flag: --a\x1b[31m\n" + SEE_GET),
        (["get", "--\u202eb"], r"unknown flag: --\u202eb" + SEE_GET),
        (["get", "--\udcff"], r"unknown flag: --\udcff" + SEE_GET),
        (["get", "-zz"], "unknown shorthand flag: 'z' in -zz" + SEE_GET),
        (["get", "-Az"], "unknown shorthand flag: 'z' in -z" + SEE_GET),
        (["get", "-A="], "unknown shorthand flag: '=' in -=" + SEE_GET),
        (["get", "-="], "unknown shorthand flag: '=' in -=" + SEE_GET),
        (["get", "-'"], r"unknown shorthand flag: '\'' in -'" + SEE_GET),
        (["get", '-"'], "unknown shorthand flag: '\"' in -\"" + SEE_GET),
        (["get", "-\x01"], r"unknown shorthand flag: '\x01' in -\x01" + SEE_GET),
        (["get", "--output"], "flag needs an argument: --output" + SEE_GET),
        (["get", "--request_timeout"], "flag needs an argument: --request_timeout" + SEE_GET),
        (["get", "-o"], "flag needs an argument: 'o' in -o" + SEE_GET),
        (["get", "-Ao"], "flag needs an argument: 'o' in -o" + SEE_GET),
        (["get", "-A=maybe"], f'invalid argument "maybe" for "-A, --all-namespaces" {BAD_BOOL}' + SEE_GET),
        (
            ["get", "--all-namespaces=maybe"],
            f'invalid argument "maybe" for "-A, --all-namespaces" {BAD_BOOL}' + SEE_GET,
        ),
        (
            ["get", "--insecure-skip-tls-verify=maybe"],
            f'invalid argument "maybe" for "--insecure-skip-tls-verify" {BAD_BOOL}' + SEE_GET,
        ),
        (
            ["get", "-A=\x1b"],
            r'invalid argument "\x1b" for "-A, --all-namespaces" flag: '
            r'strconv.ParseBool: parsing "\x1b": invalid syntax' + SEE_GET,
        ),
        (
            ["get", "-L", 'a"b'],
            r'invalid argument "a\"b" for "-L, --label-columns" flag: '
            'parse error on line 1, column 2: bare " in non-quoted-field' + SEE_GET,
        ),
        (
            ["get", "-L", 'a,"b,c'],
            r'invalid argument "a,\"b,c" for "-L, --label-columns" flag: '
            'parse error on line 1, column 7: extraneous or missing " in quoted-field' + SEE_GET,
        ),
        (["get", "-L", "\n"], r'invalid argument "\n" for "-L, --label-columns" flag: EOF' + SEE_GET),
        (["get", "--=x"], "bad flag syntax: --=x" + SEE_GET),
        (["get", "---"], "bad flag syntax: ---" + SEE_GET),
        (["get", "---x"], "bad flag syntax: ---x" + SEE_GET),
        (["-A"], "unknown shorthand flag: 'A' in -A" + SEE),
        (["--foo", "get"], "unknown flag: --foo" + SEE),
        (["-n"], "flag needs an argument: 'n' in -n" + SEE),
        (["-o", "wide", "lock"], "unknown shorthand flag: 'o' in -o\nSee 'leasectl lock --help' for usage."),
        (["gett"], 'unknown command "gett" for "leasectl"\n\nDid you mean this?\n\tget'),
        (["-A", "gett", "--help"], 'unknown command "gett" for "leasectl"\n\nDid you mean this?\n\tget'),
        (["xyzzy"], 'unknown command "xyzzy" for "leasectl"'),
        (["help", "xyzzy"], 'unknown command "xyzzy" for "leasectl"'),
        (["q\t\u202e"], r'unknown command "q\t\u202e" for "leasectl"'),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused_in_kubectls_words(argv: list[str], words: str | None) -> None:
    if words is None:  # `-output=json` is `-o utput=json`
        assert canonical(*argv) == ["get", "--output=utput=json"]
        return
    with pytest.raises(UsageError) as refusal:
        canonical(*argv)
    assert str(refusal.value) == f"error: {words}"


def test_a_plugin_is_named_as_it_was_called() -> None:
    with pytest.raises(UsageError, match=r"See 'kubectl lease get --help' for usage"):
        normalise(["get", "--foo"], ROOT, COMMANDS, "kubectl lease")


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters=',"\r\n'))
WORDS = st.sampled_from(
    (
        *("get", "watch", "steal", "demo", "help", "x", "", "-", "--", "-A", "-A=0", "-o", "-Aojson", "--output=x"),
        *("-n", "-nx", "-l", "-L", "--dry-run", "--yes", "--version", "-h", "--help=false", "--nodes=3"),
    )
)


@given(st.lists(WORDS | PLAIN, max_size=7))
def test_a_canonical_line_is_its_own_canonical_form_and_nothing_else_leaves(argv: list[str]) -> None:
    try:
        shown = ""
        once = canonical(*argv)
    except UsageError as refusal:
        shown = str(refusal)
        once = []
    assert all(line.lstrip("\t").isprintable() for line in shown.split("\n"))
    assert once == (canonical(*once) if once else [])


FORMS = [["-A"], ["-o", "json"], ["--selector=a"], ["-nx"], ["-w"]]


def test_flags_mean_the_same_in_any_order_and_place() -> None:
    lines = {
        tuple(canonical(*(word for form in [*order[:at], ["get"], *order[at:], ["name"]] for word in form)))
        for order in permutations(FORMS)
        for at in range(len(FORMS) + 1)
    }
    assert lines == {("--namespace=x", "get", "--all-namespaces", "--selector=a", "--output=json", "--watch", "name")}

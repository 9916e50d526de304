"""Words in, values and a directive out, as far as no cluster is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leasectl.cli.completing import grammar, line, places, sources
from leasectl.cli.completion import SHELLS, script
from leasectl.cli.watch import FORMATS
from tests import grammar as written
from tests.completing import DEFAULT, NO_FILES, NO_SPACE, answered
from tests.completions import COMPLETIONS

GRAMMAR = grammar.load()
EVERY_COMMAND = list(GRAMMAR.commands)
STATES = ["Fresh", "Late", "Expired", "Released", "Unheld", "Unknown", "Skewed"]
KINDS = ["node", "apiserver", "coordinated", "election", "lock", "other"]
FORMATS_OF_GET = ["table", "wide", "json", "yaml", "name"]
EXPRESSIONS = ["custom-columns=", "custom-columns-file=", "jsonpath=", "jsonpath-as-json=", "jsonpath-file="]


def split(text: str) -> list[str]:
    """Words of a line; `''` is an empty one."""
    return ["" if word == "''" else word for word in text.split(" ")]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        # Commands.
        ("''", [*EVERY_COMMAND, "help"]),
        ("d", ["describe", "doctor", "demo"]),
        ("-n x de", ["describe", "demo"]),
        ("l", ["lock"]),
        ("ls", ["ls"]),
        ("li", ["list"]),
        ("help ''", EVERY_COMMAND),
        ("help des", ["describe"]),
        ("help get ''", []),
        ("bogus ''", []),
        ("completion ''", ["bash", "zsh", "fish", "powershell"]),
        ("completion bash ''", []),
        ("options ''", []),
        # Names of flags, once a dash is typed.
        ("get --st", ["--state", "--stale"]),
        ("get --stale --st", ["--state"]),
        ("get --state Fresh --st", ["--state", "--stale"]),
        ("get --as x --as", ["--as-group", "--as-uid", "--as-user-extra"]),
        ("get --as-group x --as-g", ["--as-group"]),
        ("get --bogus --sta", ["--state", "--stale"]),
        ("get --bogus=x --sta", ["--state", "--stale"]),
        ("get -q --sta", ["--state", "--stale"]),
        ("get --vers", []),
        ("--vers", ["--version"]),
        ("--kubec", ["--kubeconfig"]),
        ("--all", []),
        ("get -A", ["-A"]),
        ("get -A -A", []),
        ("get -n", ["-n"]),
        ("steal --dry", ["--dry-run"]),
        ("get --hel", ["--help"]),
        ("get -v=6 --sta", ["--state", "--stale"]),
        # Values, in each of their forms.
        ("get -o ''", [*FORMATS_OF_GET, *EXPRESSIONS]),
        ("ls -o ya", ["yaml"]),
        ("get --output ya", ["yaml"]),
        ("get --output=ya", ["yaml"]),
        ("get -o=ya", ["yaml"]),
        ("get -oya", ["-oyaml"]),
        ("get -Aoya", ["-Aoyaml"]),
        ("get -Ao=ya", ["yaml"]),
        ("get -o YA", []),
        ("get -o jsonpath=", ["jsonpath="]),
        ("describe -o ''", ["text", "json", "yaml"]),
        ("watch -o ''", list(filter(None, FORMATS))),
        ("watch -o=js", ["json"]),
        ("steal -o j", ["json"]),
        ("expire-check -o p", ["prometheus"]),
        ("get --state ''", STATES),
        ("get --state U", ["Unheld", "Unknown"]),
        ("get --state u", ["unheld", "unknown"]),
        ("get --state=Fresh,La", ["Fresh,Late"]),
        ("get --state Fresh,Late,", [f"Fresh,Late,{state}" for state in STATES[2:]]),
        ("get --state fresh,F", []),
        ("get --kind ''", KINDS),
        ("get --kind node,l", ["node,lock"]),
        ("get --sort-by re", ["renewed", "remaining"]),
        ("watch --until e", ["expired"]),
        ("steal --then ''", ["lapse", "hold", "release"]),
        ("steal --dry-run=", ["none", "client", "server"]),
        ("steal --dry-run s", []),  # it takes its value behind "=" alone
        ("steal --force=", ["true", "false"]),
        ("describe --show-events ''", ["true", "false"]),
        ("expire-check --require-holder=t", ["true"]),
        ("lock --signal T", ["TERM"]),
        ("lock --wait ''", ["0", "forever"]),
        ("watch --timeout ''", []),
        ("get --selector ''", []),
        ("get --token ''", []),
        ("get --no-such-flag=", []),
        ("get -q=", []),
        # Where nothing is to be had without a cluster.
        ("get ''", []),
        ("get -A ''", []),
        ("get -l a=b ''", []),
        ("get --from x ''", []),
        ("steal x ''", []),
        ("demo ''", [*EVERY_COMMAND, "help"]),
        # The line that the demo runs.
        ("demo g", ["get"]),
        ("demo --no", ["--nodes"]),
        ("demo --nodes 3 get --sta", ["--state", "--stale"]),
        ("demo -- get -o ya", ["yaml"]),
        ("demo get -o=ya", ["yaml"]),
        ("demo help de", ["describe", "demo"]),
    ],
)
def test_words_become_values_and_no_files(words: str, values: list[str]) -> None:
    found = answered(*split(words))
    assert found.values == values
    goes_on = bool(values) and all(value.endswith("=") for value in values)
    assert found.directive == NO_FILES | (NO_SPACE if goes_on else 0)


@pytest.mark.parametrize("words", ["expire-check --warn ''", "expire-check --crit=", "expire-check --grace ''"])
def test_an_age_begins_with_its_kind(words: str) -> None:
    assert answered(*split(words)) == ([f"{kind}=" for kind in KINDS], NO_FILES | NO_SPACE)


def test_a_kind_that_has_its_age_is_not_offered_again() -> None:
    assert answered("expire-check", "--warn", "node=30s,n").values == []
    assert answered("expire-check", "--warn", "node=30s,el").values == ["node=30s,election="]


@pytest.mark.parametrize(
    "words",
    [
        "get --from ''",
        "get --from=",
        "get --kubeconfig x",
        "--certificate-authority ''",
        "get --client-key=",
        "get --client-certificate ''",
        "expire-check --output-file ''",
        "get -o jsonpath-file=",
        "get -ojsonpath-file=x",
        "get -o=custom-columns-file=",
        "lock x -- ''",
        "lock x -- ls -",
        "lock -- ''",
    ],
)
def test_files_and_other_command_lines_are_the_shells_own(words: str) -> None:
    assert answered(*split(words)) == ([], DEFAULT)


@pytest.mark.parametrize(
    "words", [[], [""], [" "], ["", ""], ["-"], ["--"], ["=", "="], ["get", "--", "-"], ["\udcff"]]
)
def test_any_words_have_an_answer(words: list[str]) -> None:
    assert answered(*words).directive & NO_FILES


PIECES = st.sampled_from(
    [
        "get",
        "demo",
        "lock",
        "steal",
        "help",
        "x",
        "",
        "-",
        "--",
        "-n",
        "-A",
        "-An",
        "-o",
        "-ojson",
        "--state",
        "--state=",
        "=",
        "-=",
        "--=",
        "---",
        "--state=Fresh,",
        '"',
        "-L",
        'a"b',
        "\0",
        "\udcff",
        "--nodes",
        "--dry-run",
        "--dry-run=",
        "-h",
        "--no-such",
        "-q",
        "-A=x",
        "--warn=node=",
    ]
)


@given(st.lists(PIECES, max_size=8))
def test_any_line_can_be_read(words: list[str]) -> None:
    """Whatever stands before: what is completed is the last word, or the end of it."""
    typed = line.read(words, GRAMMAR)
    assert (words or [""])[-1].endswith(typed.text)


def test_every_flag_that_takes_a_value_has_its_source() -> None:
    """A line in `completing/sources.py` says where the values come from; `Free()` where from nowhere."""
    commands = {"": GRAMMAR.root} | {name: command.flags for name, command in GRAMMAR.commands.items()}
    flags = [(name, flag.name) for name, of_it in commands.items() for flag in of_it if flag.takes != "bool"]
    assert [each for each in flags if sources.source_of(*each) is None] == []


def test_the_grammar_is_that_of_the_app() -> None:
    assert grammar.FILE.read_bytes() == written.generated(), "run `make docs`"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_files_in_completions_are_what_is_printed(shell: str) -> None:
    assert (COMPLETIONS / SHELLS[shell]).read_bytes() == script(shell), "run `make docs`"


def test_signals_are_some_that_lock_takes() -> None:
    from leasectl.cli.locking.asked import ending

    for name in answered("lock", "--signal", "").values:
        assert ending(name).name == f"SIG{name}"


def test_a_value_that_is_missing_at_the_cursor_is_that_of_the_flag_before() -> None:
    typed = line.read(["get", "--holder", "x", "-n", ""], GRAMMAR)
    assert typed.place == places.FlagValue("namespace")
    assert typed.given == {"holder": ["x"]}

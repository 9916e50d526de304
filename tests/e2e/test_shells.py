"""TAB in real shells, on a terminal, against the simulated cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leasectl.demo import Demo, SimulatedApi
from tests.e2e.watched import Leases
from tests.shells import SHELLS, Shell, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

WITH_PACKAGE = "bash with bash-completion"
PACKAGE = Path("/usr/share/bash-completion/bash_completion")
LOAD = "source <(leasectl completion bash)"
# Each the variable that tells where words end, as people have it.
WORD_BREAKS = ("bash without : and =", "bash without @", "bash with more")
FIRST = {
    WITH_PACKAGE: [f"source {PACKAGE}", LOAD],
    WORD_BREAKS[0]: ["COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}", LOAD],
    WORD_BREAKS[1]: ["COMP_WORDBREAKS=${COMP_WORDBREAKS//@/}", LOAD],
    WORD_BREAKS[2]: ["COMP_WORDBREAKS=$COMP_WORDBREAKS/,", LOAD],
}
KUBECTL = shutil.which(
    "kubectl", path=f"{os.environ.get('KUBEBUILDER_ASSETS', '')}{os.pathsep}{os.environ.get('PATH', '')}"
)
EKS = "arn:aws:eks:eu-central-1:123:cluster/prod"
HOSTILE = (
    "$(touch pwned)",
    "`touch pwned`",
    "x; touch pwned",
    "x\ny",
    "x\ttouch pwned",
    "x'y",
    'x"y',
    "\x1b]0;pwned\x07x",
    "x y",
    "*",
    "~root",
    "-n",
    "x\\",
    "x|touch pwned",
    "x & touch pwned",
    "x\rx",
    ":4",
    "x\u202ey",
)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo() as running:
        yield running


def started(shell: str, folder: Path, config: dict[str, object], first: list[str] | None = None) -> Shell:
    """A shell, whose kubeconfig this is; a skip where it is not installed."""
    program = shell.partition(" ")[0]
    if missing(program):
        pytest.skip(missing(program))
    (folder / "kubeconfig").write_text(json.dumps(config))
    environ = {"KUBECONFIG": str(folder / "kubeconfig")}
    return Shell(program, folder, environ, FIRST.get(shell, first))


@pytest.fixture(scope="module", params=[*SHELLS, WITH_PACKAGE])
def shell(request: pytest.FixtureRequest, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    if request.param == WITH_PACKAGE and not PACKAGE.exists():
        pytest.skip("bash-completion is not installed (Debian: apt-get install bash-completion)")
    folder = tmp_path_factory.mktemp("shell")
    (folder / "dump.json").touch()
    (folder / "folder").mkdir()
    config = demo.kubeconfig()
    config["contexts"] += [{"name": EKS, "context": config["contexts"][0]["context"]}]
    config["contexts"] += [{"name": "me@home", "context": config["contexts"][0]["context"]}]
    with started(request.param, folder, config) as running:
        yield running


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("leasectl des\t", "leasectl describe "),
        ("leasectl get --all-n\t", "leasectl get --all-namespaces "),
        ("leasectl get --sta\t", "leasectl get --sta"),
        ("leasectl get kube-sch\t", "leasectl get kube-scheduler "),
        ("leasectl get paym\t", "leasectl get payments/"),
        ("leasectl get payments/ledger-m\t", "leasectl get payments/ledger-migrate "),
        (
            "leasectl get payments/ledger-migrate payments/led\t",
            "leasectl get payments/ledger-migrate payments/ledger-backup ",
        ),
        ("leasectl get node/node-01 node/node-1\t", "leasectl get node/node-01 node/node-1"),
        ("leasectl get -n paym\t", "leasectl get -n payments "),
        ("leasectl get -npaym\t", "leasectl get -npayments "),
        ("leasectl get -n=paym\t", "leasectl get -n=payments "),
        ("leasectl get --namespace=paym\t", "leasectl get --namespace=payments "),
        ("leasectl -n payments get ledger-m\t", "leasectl -n payments get ledger-migrate "),
        ("leasectl get --state Fresh,L\t", "leasectl get --state Fresh,Late "),
        ("leasectl get --state=Fresh,L\t", "leasectl get --state=Fresh,Late "),
        ("leasectl expire-check --warn nod\t", "leasectl expire-check --warn node="),
        ("leasectl expire-check --warn=node=3s,el\t", "leasectl expire-check --warn=node=3s,election="),
        ("leasectl get -o js\t", "leasectl get -o json"),
        ("leasectl get -o=ya\t", "leasectl get -o=yaml "),
        ("leasectl get -oya\t", "leasectl get -oyaml "),
        (f"leasectl get --context {EKS[:8]}\t", f"leasectl get --context {EKS} "),
        (f"leasectl get --context={EKS[:24]}\t", f"leasectl get --context={EKS} "),
        ("leasectl get --context me@h\t", "leasectl get --context me@home "),
        ("leasectl get --from du\t", "leasectl get --from dump.json "),
        ("leasectl get --from=du\t", "leasectl get --from=dump.json "),
        ("leasectl get --from fol\t", "leasectl get --from folder/"),
        ("leasectl get --kubeconfig ~/du\t", "leasectl get --kubeconfig ~/dump.json "),
        ("leasectl get -o jsonpath-file=du\t", "leasectl get -o jsonpath-file=dump.json "),
        ("leasectl get du\t", "leasectl get du"),
        ("leasectl get -l du\t", "leasectl get -l du"),
        ("leasectl lock x -- cat du\t", "leasectl lock x -- cat dump.json "),
        ("leasectl lock x -- kubectl_comp\t", "leasectl lock x -- kubectl_complete-lease "),
        ("leasectl bogus du\t", "leasectl bogus du"),
        ("leasectl demo get payments/n\t", "leasectl demo get payments/nightly-report "),
        (
            "leasectl get --kubeconfig $KUBECONFIG --context de\t",
            "leasectl get --kubeconfig $KUBECONFIG --context demo ",
        ),
        ("leasectl get $(touch pwned) --all-n\t", "leasectl get $(touch pwned) --all-namespaces "),
        ("leasectl get 'a b' \"c\" --all-n\t", "leasectl get 'a b' \"c\" --all-namespaces "),
        ("leasectl get größe --all-n\t", "leasectl get größe --all-namespaces "),
        ("  leasectl   des\t", "  leasectl   describe "),
        ("true; leasectl des\t", "true; leasectl describe "),
    ],
)
def test_tab_puts_on_the_line_what_is_meant(typed: str, expected: str, shell: Shell) -> None:
    assert shell.line(typed) == expected
    assert not (shell.line_file.parent / "pwned").exists()


@pytest.mark.parametrize("name", WORD_BREAKS)
def test_bash_may_break_words_wherever_it_likes(name: str, demo: Demo, tmp_path: Path) -> None:
    (tmp_path / "dump.json").touch()
    config = demo.kubeconfig()
    config["contexts"] += [{"name": each, "context": config["contexts"][0]["context"]} for each in (EKS, "me@home")]
    with started(name, tmp_path, config) as running:
        for typed, expected in (
            ("des\t", "describe "),
            ("get paym\t", "get payments/"),
            ("get payments/ledger-m\t", "get payments/ledger-migrate "),
            ("get -n=paym\t", "get -n=payments "),
            ("get -npaym\t", "get -npayments "),
            ("get --state=Fresh,L\t", "get --state=Fresh,Late "),
            ("expire-check --warn=node=3s,el\t", "expire-check --warn=node=3s,election="),
            (f"get --context {EKS[:8]}\t", f"get --context {EKS} "),
            (f"get --context={EKS[:24]}\t", f"get --context={EKS} "),
            ("get --context=me@h\t", "get --context=me@home "),
            ("get --from=du\t", "get --from=dump.json "),
            ("get -o jsonpath-file=du\t", "get -o jsonpath-file=dump.json "),
        ):
            assert running.line(f"leasectl {typed}") == f"leasectl {expected}"


def test_bash_may_refuse_variables_that_are_not_set(demo: Demo, tmp_path: Path) -> None:
    with started("bash", tmp_path, demo.kubeconfig()) as running:
        running.run("set -u")
        line = "leasectl get -l $NOBODY_SET_THIS --all-n"
        assert running.line(f"{line}\t") == line.removesuffix("--all-n") + "--all-namespaces "
        assert "unbound" not in running.shown


def test_zsh_completes_the_command_behind_dashes_as_it_would_alone(demo: Demo, tmp_path: Path) -> None:
    """Its own functions rely on options of theirs; here, bash and fish are started without theirs."""
    with started("zsh", tmp_path, demo.kubeconfig()) as running:
        assert running.line("leasectl lock x -- ls --almost\t") == "leasectl lock x -- ls --almost-all "
        assert running.line("leasectl lock x -- cp --archi\t") == "leasectl lock x -- cp --archive "


def test_tab_in_the_middle_of_a_line_sees_what_stands_before(shell: Shell) -> None:
    line = shell.line("leasectl get payments/ledger-m -o json" + "\x02" * len(" -o json") + "\t")
    assert line.split() == ["leasectl", "get", "payments/ledger-migrate", "-o", "json"]


@pytest.mark.parametrize("name", SHELLS)
def test_what_may_be_meant_is_listed_with_a_word_about_each(name: str, demo: Demo, tmp_path: Path) -> None:
    with started(name, tmp_path, demo.kubeconfig()) as running:
        running.line("leasectl get payments/ledger-\t\t")
        listed = " ".join(running.shown.split())
    assert "payments/ledger-backup" in listed
    assert "Released lock" in listed
    assert "Expired lock, held by job-7f_1_a3" in listed


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("typed", ["leasectl get -n team --holder ", "leasectl get team/"])
def test_no_name_of_a_holder_is_run_or_breaks_the_line(name: str, typed: str, tmp_path: Path) -> None:
    with SimulatedApi() as api:
        leases = Leases(api, tmp_path / "kubeconfig")
        for number, holder in enumerate(HOSTILE):
            leases.put(f"lease-{number:02}", holder)
        leases.put("z", "honest-1")
        with started(name, tmp_path, api.kubeconfig()) as running:
            for tabs in ("\t", "\t\t", "\t\t\t\t", "h\t", "$\t", "`\t"):
                line = running.line(typed + tabs)
                assert line.startswith(typed.rstrip()), line
                assert re.fullmatch(r"(honest-1|lease-\d*|[hz$`]| )*", line.removeprefix(typed)), line
                assert "\x1b]0;pwned" not in running.shown
            running.run("true")
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("name", SHELLS)
def test_a_cluster_that_is_not_there_leaves_the_line_as_it_was(name: str, tmp_path: Path) -> None:
    with started(name, tmp_path, {}) as running:
        assert running.line("leasectl get x\t") == "leasectl get x"
        assert "error" not in running.shown.lower()


@pytest.mark.parametrize("name", SHELLS)
def test_a_program_that_is_not_there_any_more_is_no_noise(name: str, tmp_path: Path) -> None:
    with started(name, tmp_path, {}) as running:
        running.run("set -gx PATH /usr/bin /bin" if name == "fish" else "PATH=/usr/bin:/bin")
        assert running.line("leasectl get x\t").rstrip() == "leasectl get x"
        assert not re.search("error|not found|unknown|subscript", running.shown.lower())


def test_zsh_finds_it_in_a_folder_of_fpath(demo: Demo, tmp_path: Path) -> None:
    folder = tmp_path / "functions"
    folder.mkdir()
    first = [f"leasectl completion zsh >{folder}/_leasectl", f"fpath=({folder} $fpath); compinit -D -u"]
    with started("zsh", tmp_path, demo.kubeconfig(), first) as running:
        assert running.line("leasectl des\t") == "leasectl describe "  # the call that loads it
        assert running.line("leasectl get payments/ledger-m\t") == "leasectl get payments/ledger-migrate "


@pytest.mark.parametrize(
    "habit", ["set -u", "shopt -s failglob nullglob", "IFS=e", "shopt -s nocasematch", "set -f", "set -o noclobber"]
)
def test_bash_may_be_set_up_in_any_way(habit: str, demo: Demo, tmp_path: Path) -> None:
    with started("bash", tmp_path, demo.kubeconfig(), [LOAD]) as running:
        running.run(habit)
        for typed, expected in (
            ("des\t", "describe "),
            ("get --state=Fresh,L\t", "get --state=Fresh,Late "),
            ("get payments/ledger-m\t", "get payments/ledger-migrate "),
            ("lock x -- kubectl_comp\t", "lock x -- kubectl_complete-lease "),
            ("get bogus*\t", "get bogus*"),
        ):
            assert running.line(f"leasectl {typed}") == f"leasectl {expected}"
        assert "unbound" not in running.shown


def test_bash_puts_no_word_about_a_name_on_the_line(demo: Demo, tmp_path: Path) -> None:
    first = [LOAD, "bind 'TAB: menu-complete'"]
    with started("bash", tmp_path, demo.kubeconfig(), first) as running:
        assert running.line("leasectl get payments/ledger-\t\t") == "leasectl get payments/ledger-migrate "


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on the PATH, nor in KUBEBUILDER_ASSETS")
@pytest.mark.parametrize("name", SHELLS)
def test_kubectl_completes_its_plugin(name: str, demo: Demo, tmp_path: Path) -> None:
    if name == "bash" and not PACKAGE.exists():
        pytest.skip("kubectl's completion needs bash-completion (Debian: apt-get install bash-completion)")
    load = "kubectl completion fish | source" if name == "fish" else f"source <(kubectl completion {name})"
    onto_path = (
        f"export PATH={Path(KUBECTL or '').parent}:$PATH"
        if name != "fish"
        else f"fish_add_path {Path(KUBECTL or '').parent}"
    )
    first = [onto_path, *([f"source {PACKAGE}"] if name == "bash" else []), load]
    with started(name, tmp_path, demo.kubeconfig(), first) as running:
        for typed, expected in (
            ("des\t", "describe "),
            ("get --all-n\t", "--all-namespaces "),
            ("get payments/ledger-m\t", "payments/ledger-migrate "),
            ("get paym\t", "payments/"),
            ("get -n paym\t", "payments "),
            ("get --kind=el\t", "election "),
        ):
            assert running.line(f"kubectl lease {typed}").endswith(expected)

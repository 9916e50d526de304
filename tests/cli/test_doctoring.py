"""What is installed here: kubectl, its plugin, completion."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from leasectl import __version__
from leasectl.cli.doctoring import here
from leasectl.cli.doctoring.completed import completion
from leasectl.lease.doctor.installed import of_completion, of_plugin
from tests.lease.doctor.facts import text

VERSION = 'echo \'{"clientVersion": {"gitVersion": "v1.36.3+x"}}\''


def program(folder: Path, name: str, script: str = "exit 1") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def told(*folders: Path) -> tuple[str, str]:
    finding = of_plugin(here.plugin({"PATH": ":".join(map(str, folders))}))
    return finding.level.name, text(finding.told)


def test_without_kubectl_nothing_is_amiss(tmp_path: Path) -> None:
    assert told(tmp_path) == ("OK", "no kubectl on the PATH: leasectl works without")


def test_kubectl_without_our_plugin_is_a_hint(tmp_path: Path) -> None:
    program(tmp_path, "kubectl", VERSION)
    assert told(tmp_path) == ("OK", "kubectl 1.36.3 is there, and kubectl-lease is not on the PATH")


def test_the_plugin_of_this_installation_is_known_also_by_a_link(tmp_path: Path) -> None:
    program(tmp_path, "kubectl", VERSION)
    (tmp_path / "kubectl-lease").symlink_to(Path(sys.executable).parent / "kubectl-lease")
    assert told(tmp_path) == ("OK", f"`kubectl lease` is this leasectl ({__version__}), of kubectl 1.36.3")


def test_another_version_is_a_warning(tmp_path: Path) -> None:
    program(tmp_path, "kubectl", VERSION)
    other = program(tmp_path, "kubectl-lease", "echo leasectl 0.0.1")
    assert told(tmp_path) == (
        "WARNING",
        f"`kubectl lease` is another leasectl: {other}, 0.0.1; this is {__version__}",
    )


def test_another_installation_of_this_version_is_none(tmp_path: Path) -> None:
    program(tmp_path, "kubectl", VERSION)
    other = program(tmp_path, "kubectl-lease", f"echo leasectl {__version__}")
    assert told(tmp_path) == ("OK", f"`kubectl lease` is another installation of this version: {other}")


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "echo '{}'", "echo '[]'"])
def test_a_kubectl_that_does_not_say_its_version_is_kubectl_all_the_same(tmp_path: Path, script: str) -> None:
    program(tmp_path, "kubectl", script)
    assert told(tmp_path) == ("OK", "kubectl is there, and kubectl-lease is not on the PATH")


def test_kubectl_is_asked_without_a_kubeconfig(tmp_path: Path) -> None:
    program(tmp_path, "kubectl", f'test "$KUBECONFIG" = /dev/null && {VERSION}')
    assert here.plugin({"PATH": str(tmp_path), "KUBECONFIG": "/real"}).kubectl_version == "1.36.3"


@pytest.mark.parametrize(
    ("shell", "place", "content"),
    [
        ("bash", ".local/share/bash-completion/completions/leasectl", ""),
        ("bash", ".bashrc", "source <(leasectl completion bash)"),
        ("zsh", ".zfunc/_leasectl", ""),
        ("zsh", ".zshrc", "source <(leasectl completion zsh)"),
        ("fish", ".config/fish/completions/leasectl.fish", ""),
    ],
)
def test_completion_is_found_where_it_is_usually_put(tmp_path: Path, shell: str, place: str, content: str) -> None:
    environ = {"HOME": str(tmp_path), "SHELL": f"/usr/bin/{shell}"}
    assert completion(environ).found == ""
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    found = completion(environ)
    assert found.found == str(path)
    assert of_completion(found).level.name == "OK"


@pytest.mark.parametrize("shell", ["/bin/bash", "/bin/zsh", "/bin/fish", "/bin/sh", ""])
def test_completion_that_is_missing_is_a_hint_at_most(tmp_path: Path, shell: str) -> None:
    finding = of_completion(completion({"HOME": str(tmp_path), "SHELL": shell}))
    assert finding.level.name == "OK"
    assert bool(finding.advice) is (shell not in {"/bin/sh", ""})


def test_a_settings_file_of_another_shell_says_nothing(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("source <(leasectl completion zsh)")
    assert completion({"HOME": str(tmp_path), "SHELL": "bash"}).found == ""

"""Trial: an empty virtual environment and an empty HOME; installed, a plugin of the real kubectl, TAB in three shells.

What the README says is done, on a real control plane. Both forms are the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.shelled import shells
from tests.soak.trial import check, plane, run

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).parents[2]
PROGRAMS = ("leasectl", "kubectl-lease", "kubectl_complete-lease")
FOUND_BY_ITSELF = ("bash-completion/completions/leasectl", "zsh/site-functions/_leasectl")
LEASE = "apiserver-"


def install(folder: Path) -> Path:
    """Into an empty virtual environment, as the README says; where its programs are."""
    home = folder / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_")) or name == "PATH"}
    made = run([sys.executable, "-m", "venv", str(folder / "venv")], {**kept, "HOME": str(home)})
    check(made.code == 0, "an empty virtual environment")
    programs = folder / "venv" / "bin"
    installed = run([str(programs / "pip"), "install", "--quiet", str(CHECKOUT)], {**kept, "HOME": str(home)})
    check(installed.code == 0, f"pip install . ends with {installed.code} {installed.stderr[-300:]}")
    check(all((programs / name).exists() for name in PROGRAMS), f"{', '.join(PROGRAMS)} are there")
    shared = folder / "venv" / "share"
    check(all((shared / name).exists() for name in FOUND_BY_ITSELF), "so is what bash and zsh look for")
    return programs


def as_a_plugin(environ: Mapping[str, str]) -> None:
    """The real kubectl finds it, and what it prints is what leasectl prints."""
    told = run(["kubectl", "plugin", "list"], dict(environ))
    check("kubectl-lease" in told.stdout, "kubectl plugin list names kubectl-lease")
    ended = run(["kubectl", "lease", "get", "-A"], dict(environ))
    first, *rows = ended.stdout.splitlines() or [""]
    print("\n".join([first, *rows]))
    check(ended.code == 0 and first.split()[:4] == ["NAMESPACE", "NAME", "KIND", "STATE"], "kubectl lease get -A")
    check(any(LEASE in row and " Fresh " in row for row in rows), "the API server's own lease is Fresh")
    wrong = run(["kubectl", "lease", "get", "nobody", "-n", "default"], dict(environ))
    check(wrong.code == 1 and "NotFound" in wrong.stderr, "an absent lease ends with 1, as kubectl passes it on")


def in_shells(folder: Path, environ: Mapping[str, str]) -> None:
    """TAB, in a HOME with nothing in it."""
    for name, program, shell in shells(folder, environ):
        for typed, expected in (("des", "describe "), ("get --all-n", "--all-namespaces "), (f"get {LEASE}", " ")):
            line = shell.line(f"{program} {typed}\t")
            whole = line.endswith(expected) and len(line) > len(f"{program} {typed}")
            check(whole, f"{name}: {program} {typed}<TAB> is {line!r}")


def main() -> int:
    """Install, look, type."""
    with plane("installed") as cluster, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = install(folder)
        path = os.pathsep.join([str(programs), cluster.environ["KUBEBUILDER_ASSETS"], os.environ["PATH"]])
        os.environ["PATH"] = path  # where the trial itself finds kubectl
        environ = {"PATH": path, "HOME": str(folder / "home"), "KUBECONFIG": cluster.environ["KUBECONFIG"]}
        as_a_plugin(environ)
        in_shells(folder, environ)
    return 0


if __name__ == "__main__":
    sys.exit(main())

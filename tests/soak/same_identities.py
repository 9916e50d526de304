"""Trial: whoever kubectl lets in, leasectl lets in, and whom it turns away, it turns away in the same words.

Contexts with fewer rights, impersonation, exec plugins that work and that do not, several kubeconfig files.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.soak.trial import Ended, Plane, check, plane, run
from tests.terminal import on_a_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

V1 = "client.authentication.k8s.io/v1"
# Who asks, and for what; each is asked with -o name and as it is.
IDENTITIES = (
    ("--context", "exec"),
    ("--context", "viewer"),
    ("--context", "node-viewer"),
    ("--context", "nobody"),
    ("--as", "viewer"),
    ("--as=node-viewer",),
    ("--as=nobody",),
    ("--as", "somebody", "--as-group", "system:masters"),
    ("--as", "somebody", "--as-group=a,b", "--as-group", "system:authenticated"),
    ("--as", "system:serviceaccount:default:default"),
    ("--as", "viewer", "--as-uid", "7", "--as-user-extra", "scopes=view", "--as-user-extra=scopes=edit"),
    ("--context", "viewer", "--as", "somebody"),
    ("--context", "cert-inline", "--as", "viewer"),
    ("--user", "viewer"),
    ("--token", "wrong"),
    ("--username", "somebody", "--password", "wrong", "--user", "viewer"),
)
SCOPES = (("-n", "kube-system"), ("-n", "kube-node-lease"), ("missing", "-n", "kube-system"))
# What a plugin does, and how it wants to be run.
PLUGINS = {
    "fails": ("echo no session >&2; exit 3", "Never"),
    "is killed": ("kill -9 $$", "Never"),
    "prints rubbish": ("echo hello", "Never"),
    "prints nothing": ("true", "Never"),
    "prints no status": (f'echo \'{{"apiVersion":"{V1}","kind":"ExecCredential"}}\'', "Never"),
    "gives nothing": (f'echo \'{{"apiVersion":"{V1}","kind":"ExecCredential","status":{{}}}}\'', "Never"),
    "gives a wrong token": (
        f'echo \'{{"apiVersion":"{V1}","kind":"ExecCredential","status":{{"token":"x"}}}}\'',
        "Never",
    ),
    "is of another version": (
        f'echo \'{{"apiVersion":"{V1}beta1","kind":"ExecCredential","status":{{"token":"x"}}}}\'',
        "Never",
    ),
    "wants a terminal": ("echo never run", "Always"),
}


GETTING = "Unable to connect to the server: getting credentials: "
IN_OUR_WORDS = {"prints rubbish", "prints nothing"}  # where kubectl repeats its decoder's


def alike(cluster: Plane, words: tuple[str, ...], **environ: str) -> tuple[Ended, Ended]:
    """The same question to both; where the namespace stands in it, leasectl's table has more columns: names only."""
    theirs = cluster.kubectl("get", "lease", *words, "-o", "name", **environ)
    mine = cluster.leasectl("get", *words, "-o", "name", **environ)
    return theirs, mine


def _same(theirs: Ended, mine: Ended) -> bool:
    """Equal, but that leasectl may say, behind a semicolon, what to do; kubectl words some errors in two ways."""
    theirs, mine = (e._replace(stderr=e.stderr.replace("Error in configuration:", "error:")) for e in (theirs, mine))
    more = mine.stderr.startswith(theirs.stderr.rstrip() + ";") and mine.stderr.count("\n") == 1
    return mine == theirs or (more and (mine.code, mine.stdout) == (theirs.code, theirs.stdout))


def identities(cluster: Plane) -> None:
    """Rows and refusals."""
    for who in IDENTITIES:
        for scope in SCOPES:
            theirs, mine = alike(cluster, (*scope, *who))
            what = f"get {' '.join((*scope, *who))}: exit {mine.code}, {len(mine.stdout.split())} leases"
            check(_same(theirs, mine), f"{what} {mine.stderr.strip()}")
        theirs, mine = alike(cluster, ("-A", *who))
        partial = (
            mine.code == 0
            and theirs.code == 1
            and "is left out: leases.coordination.k8s.io is forbidden" in mine.stderr
        )
        check(_same(theirs, mine) or partial, f"get -A {' '.join(who)}: exit {mine.code} {mine.stderr.strip()}")


def plugins(cluster: Plane, folder: Path) -> None:
    """Every way for a plugin to go wrong; kubectl's last line begins ours."""
    raw = cluster.kubectl("config", "view", "--raw", "--minify", "--context", "exec", "-o", "json").stdout
    script, kubeconfig = folder / "plugin", folder / "kubeconfig"
    for does, (body, mode) in PLUGINS.items():
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o700)
        document = json.loads(raw)
        document["users"][0]["user"]["exec"] |= {"command": str(script), "interactiveMode": mode}
        kubeconfig.write_text(json.dumps(document))
        theirs, mine = alike(cluster, ("-n", "kube-system"), KUBECONFIG=str(kubeconfig))
        said = theirs.stderr.strip().splitlines()[-1]
        if does in IN_OUR_WORDS:
            said = GETTING
        same = mine.code == theirs.code == 1 and mine.stderr.startswith(said) and mine.stderr.count("\n") == 1
        check(same, f"a plugin that {does}: {mine.stderr.strip()}")
    script.write_text("#!/bin/sh\necho waiting for a login >&2\nsleep 60\n")
    document["users"][0]["user"]["exec"]["interactiveMode"] = "Never"
    kubeconfig.write_text(json.dumps(document))
    mine = cluster.leasectl("get", "--request-timeout", "1s", KUBECONFIG=str(kubeconfig))
    told = mine.code == 1 and "it said: waiting for a login" in mine.stderr
    check(told, f"a plugin that hangs: {mine.stderr.strip()}")


def asking(cluster: Plane, folder: Path) -> None:
    """A plugin that asks has the terminal; Ctrl-C ends both."""
    document = json.loads(
        cluster.kubectl("config", "view", "--raw", "--minify", "--context", "exec", "-o", "json").stdout
    )
    token = json.loads(run([document["users"][0]["user"]["exec"]["command"]], cluster.environ).stdout)["status"][
        "token"
    ]
    answer = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": token}})
    script, kubeconfig = folder / "asks", folder / "asking"
    script.write_text(f"#!/bin/sh\nprintf 'Password: ' >&2; read -r word; [ \"$word\" = open ] && echo '{answer}'\n")
    script.chmod(0o700)
    document["users"][0]["user"]["exec"] |= {"command": str(script), "interactiveMode": "IfAvailable"}
    kubeconfig.write_text(json.dumps(document))
    words = ("get", "-n", "kube-node-lease", "-o", "name")
    environ = {**cluster.environ, "KUBECONFIG": str(kubeconfig)}
    shown = on_a_terminal(*words, environ=environ, type_=b"open\n", when="Password:")
    check(shown.code == 0 and shown.text.count("node-") == 3, f"a plugin that asks is answered: exit {shown.code}")
    shown = on_a_terminal(*words, environ=environ, type_=b"shut\n", when="Password:")
    check(shown.code == 1 and "failed with exit code 1" in shown.text, f"and answered wrongly: {shown.text.strip()!r}")
    shown = on_a_terminal(*words, environ=environ, type_=b"\x03", when="Password:")
    check(shown.code == 130 and "Traceback" not in shown.text, f"Ctrl-C while it waits: exit {shown.code}")


def kubeconfigs(cluster: Plane, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Several files, as KUBECONFIG names them, and what there is to say of them."""
    raw = json.loads(cluster.kubectl("config", "view", "--raw", "--flatten", "-o", "json").stdout)
    relative = folder / "relative"
    relative.mkdir()
    for name in ("ca.crt", "client.crt", "client.key"):
        certificates = Path(cluster.environ["KUBECONFIG"]).parent / "certs"
        (relative / name).write_bytes((certificates / name).read_bytes())
    (relative / "token").write_text(next(u["user"]["token"] for u in raw["users"] if u["name"] == "viewer") + "\n")

    def written(name: str, **changes: object) -> str:
        path = folder / name
        path.write_text(json.dumps({**raw, **changes}))
        return str(path)

    viewer = written("viewer", **{"current-context": "viewer"})
    nobody = written("nobody", **{"current-context": "nobody"})
    without = written("without", **{"current-context": ""})
    (folder / "empty").write_text("")
    (folder / "broken").write_text("{")
    server = raw["clusters"][0]["cluster"]["server"]
    own = {
        "clusters": [{"name": "c", "cluster": {"server": server, "certificate-authority": "ca.crt"}}],
        "users": [
            {"name": "cert", "user": {"client-certificate": "client.crt", "client-key": "./client.key"}},
            {"name": "file", "user": {"tokenFile": "../relative/token"}},
        ],
        "contexts": [
            {"name": "cert", "context": {"cluster": "c", "user": "cert", "namespace": "kube-system"}},
            {"name": "file", "context": {"cluster": "c", "user": "file"}},
        ],
    }
    for context in ("cert", "file"):
        (relative / context).write_text(json.dumps({**own, "current-context": context}))
    many = {
        "two files, the first one's context": f"{viewer}:{nobody}",
        "two files, the other way round": f"{nobody}:{viewer}",
        "the first without a context": f"{without}:{viewer}",
        "an empty one first": f"{folder}/empty:{viewer}",
        "a missing one first": f"{folder}/missing:{viewer}",
        "empty entries": f"::{viewer}:",
        "an empty, a missing, and no other": f"{folder}/empty:{folder}/missing",
        "a broken one": f"{viewer}:{folder}/broken",
        "relative paths to certificates": f"{relative}/cert",
        "a relative path to a token": f"{relative}/file:{nobody}",
        "no context anywhere": without,
    }
    for what, value in many.items():
        yield what, {"KUBECONFIG": value}


def main() -> int:
    """Ask everything both ways."""
    with plane("same-identities") as cluster, TemporaryDirectory() as folder:
        cluster.fill(3)
        identities(cluster)
        plugins(cluster, Path(folder))
        asking(cluster, Path(folder))
        for what, environ in kubeconfigs(cluster, Path(folder)):
            home = {"HOME": folder, **environ}
            theirs, mine = alike(cluster, ("-n", "kube-system"), **home)
            told = theirs == mine or (mine.code == 1 and theirs.code == 1 and bool(mine.stderr.strip()))
            check(told, f"{what}: exit {mine.code}, {len(mine.stdout.split())} leases {mine.stderr.strip()}")
        inside = Path(folder) / "relative"
        here = Path.cwd()
        os.chdir(inside)
        theirs, mine = alike(cluster, ("-n", "kube-system"), KUBECONFIG="cert", HOME=folder)
        os.chdir(here)
        check(theirs == mine and mine.code == 0, "a relative KUBECONFIG beside its certificates")
    return 0


if __name__ == "__main__":
    sys.exit(main())

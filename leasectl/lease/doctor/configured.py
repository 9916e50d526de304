"""What was configured: findings of which kubeconfig, what was chosen from it, and as whom."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.doctor.finding import Check, Finding, Level
from leasectl.lease.doctor.phrase import Name, Phrase, What, listed, phrase
from leasectl.lease.doctor.trouble import ADVICE, Problem, Trouble, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from leasectl.lease.doctor.facts import Choice, Config, File, Login

ENDS_SOON = timedelta(days=7)
NO_CONFIG = phrase(
    "set KUBECONFIG, pass --kubeconfig or --server, or look at a simulated cluster: leasectl demo doctor"
)


def of_config(config: Config, problem: Problem | None) -> Iterator[Finding]:
    """Which files, and what was chosen from them."""
    read = [file for file in config.files if file.state == "read"]
    if problem is not None:
        yield _no_config(config, read, problem)
        return
    told = _chosen(config, read)
    absent = [file for file in config.files if file.state == "absent"]
    if absent and read:
        told = phrase("{}; not there: {}", told, listed(Name(What.PATH, file.path) for file in absent))
    open_ones = [file for file in read if file.read_by_others]
    if open_ones:
        paths = listed(Name(What.PATH, file.path) for file in open_ones)
        which = "which holds a secret" if len(open_ones) == 1 else "each of which holds a secret"
        told = phrase(f"{{}}; other users may read {{}}, {which}", told, paths)
        advice = (phrase("chmod 600" + " {}" * len(open_ones), *(_quoted(file.path) for file in open_ones)),)
        yield Finding(Check.KUBECONFIG, Level.WARNING, told, advice)
        return
    yield Finding(Check.KUBECONFIG, Level.OK, told)


def _no_config(config: Config, read: list[File], problem: Problem) -> Finding:
    is_found = config.source in {"--kubeconfig", "in-cluster", "demo"}
    if not read and not is_found and all(file.state == "absent" for file in config.files):
        looked = listed(Name(What.PATH, file.path) for file in config.files) or phrase("no file")
        where = phrase(f"no kubeconfig: {config.source} names {{}}", looked)
        if config.source == "~/.kube/config":
            where = phrase("no kubeconfig: neither a flag nor KUBECONFIG names one, and there is no {}", looked)
        elif config.files:
            where = phrase("{}, which is not there", where)
        return Finding(Check.KUBECONFIG, Level.FAILED, where, (NO_CONFIG,))
    return Finding(Check.KUBECONFIG, Level.FAILED, (said(problem),), (phrase(ADVICE[Trouble.CONFIGURATION]),))


def _chosen(config: Config, read: list[File]) -> Phrase:
    """`context a (current-context of F): cluster b, user c, namespace d`, and where each is from if not from there."""
    if config.source == "demo":
        return phrase("the demo's own cluster: your kubeconfig is out of play")
    if config.source == "in-cluster":
        return phrase("none: this runs in a pod, and its service account is used{}", _of("; namespace {}{}", config))
    usual = config.context.file if config.context else (read[0].path if read else "")
    parts: list[Phrase] = []
    for label, what, choice in (
        ("context", What.CONTEXT, config.context),
        ("cluster", What.CLUSTER, config.cluster),
        ("user", What.USER, config.user),
        ("namespace", What.NAMESPACE, config.namespace),
    ):
        if choice is None or not choice.value:
            continue
        parts.append(phrase(f"{label} {{}}{{}}", Name(what, choice.value), _origin(label, choice, usual)))
    files = listed((Name(What.PATH, file.path) for file in read), most=3)
    named = "" if config.source == "~/.kube/config" else f" ({config.source})"
    chosen = listed(parts) if parts else phrase("no context; the server is named by --server")
    by_flags = f"; by flags: {', '.join(config.flags)}" if config.flags and parts else ""
    return phrase(f"{{}}{named}: {{}}{by_flags}", files, chosen) if read else phrase(f"{{}}{by_flags}", chosen)


def _quoted(path: str) -> Phrase:
    """A path as a word of a shell, whatever is in it."""
    if shlex.quote(path) == path:
        return (Name(What.PATH, path),)
    return phrase("'{}'", Name(What.PATH, path.replace("'", "'\\''")))


def _of(template: str, config: Config) -> Phrase:
    choice = config.namespace
    return phrase(template, Name(What.NAMESPACE, choice.value), _origin("namespace", choice, "")) if choice else ()


def _origin(label: str, choice: Choice, usual: str) -> Phrase:
    """Where a value is from, where that is not the obvious place: the context, in the file that chose it."""
    said = "" if choice.by == "context" else choice.by
    if choice.file and choice.file != usual:
        by = f"{said}, " if said.startswith("-") else ""
        return phrase(f" ({by}in {{}})", Name(What.PATH, choice.file))
    return phrase(f" ({said})") if said and (label == "context" or said.startswith("-") or said.isupper()) else ()


def of_login(login: Login, problem: Problem | None, now: datetime) -> Finding:
    """How one shows who one is, and until when that holds."""
    means = phrase(login.means, *([Name(What.PLUGIN, login.plugin)] if login.plugin else []))
    if login.file:
        means = phrase("{}, in {}", means, Name(What.PATH, login.file))
    if login.acts_as:
        means = phrase("{}; acting as {}", means, Name(What.USER, login.acts_as))
    begins, ends = login.certificate or (None, login.token_until)
    is_valid = (begins is None or begins <= now) and (ends is None or ends > now)
    if problem is not None and (is_valid or problem.trouble is not Trouble.UNAUTHENTICATED):
        told = phrase("{}: {}", means, said(problem))
        return Finding(Check.CREDENTIALS, Level.FAILED, told, (phrase(ADVICE[problem.trouble]),))
    if begins is not None and begins > now:
        told = phrase(f"{{}}, not valid before {_time(begins)}", means)
        advice = phrase("is this machine's clock behind? timedatectl tells")
        return Finding(Check.CREDENTIALS, Level.FAILED, told, (advice,))
    if ends is None:
        return Finding(Check.CREDENTIALS, Level.OK, means)
    left_s = (ends - now).total_seconds()
    if left_s <= 0:
        told = phrase(f"{{}}, which ran out {duration.human(-left_s)} ago ({_time(ends)})", means)
        advice = phrase("fetch a new one: log in anew, or kubeadm certs renew; or is this machine's clock ahead?")
        return Finding(Check.CREDENTIALS, Level.FAILED, told, (advice,))
    told = phrase(f"{{}}, valid for {duration.human(left_s)} more (until {_time(ends)})", means)
    if login.certificate is None or ends - now > ENDS_SOON:  # tokens are short-lived, and come anew
        return Finding(Check.CREDENTIALS, Level.OK, told)
    advice = phrase("renew it before then: kubeadm certs renew, or whoever signed it")
    return Finding(Check.CREDENTIALS, Level.WARNING, told, (advice,))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")

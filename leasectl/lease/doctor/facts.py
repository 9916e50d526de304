"""What a doctor knows: of the kubeconfig, the way to the server, the server, its leases, and what is installed here.

None where nobody looked. Times are aware wall times, lengths seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from leasectl.lease.doctor.rights import Right
    from leasectl.lease.doctor.trouble import Problem
    from leasectl.lease.state import Judged

Source = Literal["--kubeconfig", "KUBECONFIG", "~/.kube/config", "in-cluster", "demo"]


class File(Struct, frozen=True):
    """A kubeconfig file.

    Attributes:
        path: as it was named.
        state: whether it could be read.
        read_by_others: whether other users of this machine may read it, and it holds a secret.
    """

    path: str
    state: Literal["read", "absent", "unusable"]
    read_by_others: bool = False


class Choice(Struct, frozen=True):
    """A name that was chosen.

    Attributes:
        value: the name.
        by: what chose it: a flag, `current-context`, `context`, in words of ours.
        file: which file that stands in; empty where it is a flag.
    """

    value: str
    by: str
    file: str = ""


class Config(Struct, frozen=True):
    """Where the connection's values came from.

    Attributes:
        source: what names the files.
        files: those that were looked at, in order.
        context: which was chosen.
        cluster: likewise.
        user: likewise.
        namespace: likewise.
        server: the URL, once it is known.
        flags: those that win over what the files say of the cluster and the user, in words of ours.
    """

    source: Source
    files: Sequence[File] = ()
    context: Choice | None = None
    cluster: Choice | None = None
    user: Choice | None = None
    namespace: Choice | None = None
    server: str = ""
    flags: Sequence[str] = ()


class Login(Struct, frozen=True):
    """How one shows who one is; no secret is in it.

    Attributes:
        means: in words of ours: `a token`.
        plugin: the exec plugin's command.
        file: where the token or the certificate stands, if in a file of its own.
        certificate: from when until when the client certificate is valid.
        token_until: when a token that says so itself runs out.
        acts_as: whom one impersonates.
    """

    means: str
    plugin: str = ""
    file: str = ""
    certificate: tuple[datetime, datetime] | None = None
    token_until: datetime | None = None
    acts_as: str = ""


class Reached(Struct, frozen=True):
    """The server answered.

    Attributes:
        first_s: the first answer, with all that it took to connect.
        again_s: one over the connection that stood.
        by_proxy: whether a proxy is in between.
        offset_s: how far the server's clock is ahead of ours; None where it did not say.
        offset_error_s: give or take.
    """

    first_s: float
    again_s: float
    by_proxy: bool = False
    offset_s: float | None = None
    offset_error_s: float = 0.0


class Server(Struct, frozen=True):
    """What the server is.

    Attributes:
        git_version: its own word.
        number: the digits of it.
        leases: whether it serves leases.
        candidates: in which versions it serves LeaseCandidates; None where it would not say.
    """

    git_version: str
    number: str
    leases: bool
    candidates: Sequence[str] | None


class Who(Struct, frozen=True):
    """Who one is to the server."""

    username: str
    groups: Sequence[str]


class Leases(Struct, frozen=True):
    """What was read of the cluster.

    Attributes:
        rows: judged.
        unread: what could not be read.
        left_out: in how many places one may not look.
        nodes: the Nodes' names; None where they could not be read.
        nodes_gap: why not, or why not all of them.
    """

    rows: Sequence[Judged]
    unread: Sequence[Problem] = ()
    left_out: int = 0
    nodes: frozenset[str] | None = None
    nodes_gap: str = ""


class Plugin(Struct, frozen=True):
    """What kubectl finds of us.

    Attributes:
        kubectl: its path; empty where there is none.
        kubectl_version: as MAJOR.MINOR.PATCH; empty where it did not say.
        found: the first `kubectl-lease` of the PATH.
        ours: whether that is this very installation.
        version: of another one; empty where it did not say.
        own_version: this one's.
        completes: whether `kubectl_complete-lease` is on the PATH.
    """

    kubectl: str
    kubectl_version: str
    found: str
    ours: bool
    version: str
    own_version: str
    completes: bool


class Completion(Struct, frozen=True):
    """Whether the shell completes leasectl.

    Attributes:
        shell: `bash`, `zsh`, `fish`; empty for any other.
        found: the file that says so.
    """

    shell: str
    found: str


class Facts(Struct, kw_only=True):
    """All of it, as far as it is known by now.

    Attributes:
        config: of the kubeconfig.
        config_problem: why it leads nowhere.
        login: how one shows who one is.
        login_problem: why there is no credential.
        reached: that the server answered.
        reach_problem: why it did not.
        server: what it is.
        server_gap: why that is not known.
        who: who one is to it.
        who_gap: why that is not known.
        rights: what one may.
        leases: what was read.
        leases_problem: why nothing was.
        plugin: what kubectl finds.
        completion: what the shell completes.
    """

    config: Config | None = None
    config_problem: Problem | None = None
    login: Login | None = None
    login_problem: Problem | None = None
    reached: Reached | None = None
    reach_problem: Problem | None = None
    server: Server | None = None
    server_gap: str = ""
    who: Who | None = None
    who_gap: str = ""
    rights: Sequence[Right] | None = None
    leases: Leases | None = None
    leases_problem: Problem | None = None
    plugin: Plugin | None = None
    completion: Completion | None = None

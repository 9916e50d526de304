"""The way to the server, and what it is: findings of whether it answers, who one is to it, and what time it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leasectl.lease import duration
from leasectl.lease.doctor.finding import Check, Finding, Level
from leasectl.lease.doctor.phrase import Name, Said, What, listed, phrase
from leasectl.lease.doctor.trouble import ADVICE, Problem, said

if TYPE_CHECKING:
    from leasectl.lease.doctor.facts import Config, Reached, Server, Who

SLOW_S = 1.0
OFF_S, FAR_OFF_S = 2.0, 60.0  # tokens and certificates have a minute of tolerance at best


def of_connection(config: Config, reached: Reached | None, problem: Problem | None) -> Finding:
    """Whether the server answers, and how fast."""
    server = Name(What.SERVER, config.server)
    if reached is None:
        if problem is None:
            return Finding(Check.CONNECTION, Level.UNSEEN, phrase("{}", server))
        told = phrase("{}: {}", server, said(problem))
        return Finding(Check.CONNECTION, Level.FAILED, told, (phrase(ADVICE[problem.trouble]),))
    by = " through a proxy" if reached.by_proxy else ""
    took = f"answers in {_ms(reached.again_s)}{by}"
    if reached.first_s > reached.again_s:
        took += f" ({_ms(reached.first_s)} with connecting)"
    if reached.again_s < SLOW_S:
        return Finding(Check.CONNECTION, Level.OK, phrase(f"{{}} {took}", server))
    advice = phrase("that is slow: holders on this path may fail to renew in time; is the API server overloaded?")
    return Finding(Check.CONNECTION, Level.WARNING, phrase(f"{{}} {took}", server), (advice,))


def of_server(server: Server | None, gap: str, identities: int) -> Finding:
    """Which Kubernetes it is, how many servers have an identity lease, and which lease APIs it serves."""
    if server is None:
        return Finding(Check.SERVER, Level.WARNING, phrase("{}", Said(gap, "it would not say what it is")))
    version = Said(f"Kubernetes {server.git_version or server.number}", f"Kubernetes {server.number}")
    if not server.leases:
        told = phrase("{} does not serve leases (coordination.k8s.io/v1)", version)
        return Finding(
            Check.SERVER, Level.FAILED, told, (phrase("leasectl needs Kubernetes 1.14 or later; is this the server?"),)
        )
    servers = {0: "", 1: ", one API server by its identity lease"}.get(
        identities, f", {identities} API servers by their identity leases"
    )
    return Finding(Check.SERVER, Level.OK, phrase(f"{{}}{servers}; leases v1; {_candidates(server)}", version))


def _candidates(server: Server) -> str:
    if server.candidates is None:
        return "it does not say whether it has leasecandidates"
    if not server.candidates:
        return "no leasecandidates: coordinated election is off, as usual"
    return f"leasecandidates {' and '.join(server.candidates)}: coordinated election is on"


def of_identity(who: Who | None, gap: str) -> Finding:
    """Who one is to the server."""
    if who is None:
        said = Said(gap, "it would not say")
        return Finding(Check.IDENTITY, Level.OK, phrase("the server does not tell who you are: {}", said))
    groups = listed((Name(What.GROUP, group) for group in who.groups), most=6)
    told = phrase("you are {}", Name(What.USER, who.username))
    return Finding(Check.IDENTITY, Level.OK, phrase("{}, of {}", told, groups) if groups else told)


def of_clock(reached: Reached) -> Finding:
    """How far this machine's clock is from the server's."""
    if reached.offset_s is None:
        return Finding(Check.CLOCK, Level.WARNING, phrase("no answer of the server had a Date: nobody can compare"))
    off_s = abs(reached.offset_s) - reached.offset_error_s
    surely = off_s > OFF_S
    length = duration.human(round(abs(reached.offset_s)))
    where = "behind" if reached.offset_s > 0 else "ahead of"
    error = f"±{reached.offset_error_s:.1f}s"
    if not surely:
        return Finding(
            Check.CLOCK, Level.OK, phrase(f"this machine's and the server's agree: {reached.offset_s:+.1f}s {error}")
        )
    told = phrase(f"this machine's is {length} {where} the server's ({reached.offset_s:+.1f}s {error})")
    advice = [phrase("set it right: timedatectl set-ntp true, or chronyc makestep")]
    advice.append(phrase("leasectl judges by the server's clock; what lock writes from here is dated wrong"))
    return Finding(Check.CLOCK, Level.FAILED if off_s > FAR_OFF_S else Level.WARNING, told, tuple(advice))


def _ms(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"

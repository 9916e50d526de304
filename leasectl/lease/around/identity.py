"""A holder's identity, read for the pod or host behind it.

Holders name themselves as they please; these are the habits. client-go's examples and the control plane: HOST_UUID,
where the host of a pod is the pod's name; many operators: the pod's name alone; leasectl's locks: HOST_PID_UUID;
CSI sidecars: NUMBERS-NUMBERS-DRIVER, which names nobody.
"""

from __future__ import annotations

import re

_DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST_NAME = 253
_DEPLOYED = re.compile(r"(?P<base>.+)-[bcdf0-9a-z]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}")
_DAEMON = re.compile(r"(?P<base>.+)-[bcdfghjklmnpqrstvwxz2456789]{5}")
_ORDINAL = re.compile(r"(?P<base>.+)-\d+")


def host_of(identity: str) -> str:
    """The pod or host that an identity begins with; empty where none can be told.

    `scheduler-0_2f6c…` -> `scheduler-0`; `cp-1_64ad0584` -> `cp-1`; `web-7d4b9c6f5-x2m8q` as it is.
    """
    host = identity.partition("_")[0]
    return host if len(host) <= _LONGEST_NAME and _DNS_SUBDOMAIN.fullmatch(host) else ""


def is_generated(pod: str) -> bool:
    """Whether a pod's name ends as those that a Deployment or a DaemonSet makes, so that no other pod has it."""
    return bool(_DEPLOYED.fullmatch(pod) or _DAEMON.fullmatch(pod))


def deployment_of(pod: str) -> str:
    """The Deployment that a pod's name was made from; empty where it was not."""
    found = _DEPLOYED.fullmatch(pod)
    return found["base"] if found else ""


def base_of(pod: str) -> str:
    """What pods of one workload have in common, as far as the name tells: `web-7d4b9c6f5-x2m8q` -> `web`."""
    for pattern in (_DEPLOYED, _DAEMON, _ORDINAL):
        found = pattern.fullmatch(pod)
        if found:
            return found["base"]
    return pod

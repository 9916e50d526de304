r"""A check as a monitoring plugin prints it: `LEASE CRITICAL - TEXT | PERFDATA`, then a line for each that is not OK.

Safety rule: a name, a holder or a server's message may not end the first line or begin performance data. So no `|` of
theirs is left, and no `\n` written out either: what takes results from files makes a newline of it.

Sources: https://www.monitoring-plugins.org/doc/guidelines.html (plugin output, threshold and ranges, performance data);
for escaped newlines and the length nagioscore's base/checks.c and include/nagios.h.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leasectl.lease.check.verdicts import Severity
from leasectl.lease.state import State
from leasectl.show import safe
from leasectl.show.checks import document
from leasectl.show.checks.look import headline, lease_of, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leasectl.lease.check.verdicts import Checked, Report
    from leasectl.show.checks.look import Kept, Look

_WHOLE = 8191  # bytes: MAX_PLUGIN_OUTPUT_LENGTH is 8192, with C's NUL at the end
_TEXT = 1000  # of the first line before `|`: NRPE 2 sends 1024 bytes in all
_LONG = 3072  # of the lines below; performance data gets what is left
_ONE = 320  # cells of `NAMESPACE/NAME`, of which Kubernetes allows 63 and 253, or of why it is what it is
_MORE = "… and {} more"


def render(report: Report, look: Look) -> Iterator[bytes]:
    """All of it in one piece, within what Nagios reads of a plugin; at most `look.max_lines` leases of each kind."""
    kept = wrong(report, look.max_lines)
    first = f"LEASE {report.severity.name} - {_text(report, kept)} | "
    below = "".join(f"{line}\n" for line in _long(kept))
    room = _WHOLE - _size(first) - _size(below) - len("\n")
    yield f"{first}{_performance(report, look, room)}\n{below}".encode()


def _text(report: Report, kept: Kept) -> str:
    """How it stands, and of what is wrong as much as there is room for; only the first clause of why."""
    phrases = [f"{_name(checked)} {_why(checked.reason.partition('; ')[0])}" for checked in kept.leases]
    phrases += map(_why, kept.problems)
    text = headline(report)
    told = _bounded(phrases, kept.left_out, _TEXT - _size(text), len("; "))
    return f"{text}: {'; '.join(told)}" if told else text


def _long(kept: Kept) -> list[str]:
    lines = [f"{checked.severity.name}: {_name(checked)} {_why(checked.reason)}" for checked in kept.leases]
    lines += [f"{Severity.UNKNOWN.name}: {_why(problem)}" for problem in kept.problems]
    return _bounded(lines, kept.left_out, _LONG, len("\n"))


def _bounded(phrases: list[str], left_out: int, room: int, separator: int) -> list[str]:
    """As many as fit into so many bytes, and how many there are beyond, with those that were left out before."""
    kept = _fitting(phrases, room - _size(_MORE) - len(str(len(phrases) + left_out)), separator)
    left_out += len(phrases) - len(kept)
    return [*kept, _MORE.format(left_out)] if left_out else kept


def _performance(report: Report, look: Look, room: int) -> str:
    """Counts, and the age of each lease that has one, the worst first."""
    counts = msgspec.structs.asdict(document.counts(report))
    data = [f"'{label}'={count};;;0" for label, count in counts.items()]
    aged = [each for each in report.leases if each.age_s is not None and each.state is not State.SKEWED]
    data += [_age(checked) for checked in aged[: look.max_lines or len(aged)]]
    return " ".join(_fitting(data, room, len(" ")))


def _age(checked: Checked) -> str:
    """`'NAMESPACE/NAME'=AGEs;WARN;CRIT;0`; a range that is one number means from 0 to there."""
    label = _name(checked).replace("'", "''").replace("=", r"\x3d")  # the one character that no label may have
    # Clocks that differ by a second or two may date a renewal into the future: it has just been.
    age, warning, critical = (
        _number(each) for each in (max(0.0, checked.age_s or 0.0), checked.warning_age_s, checked.critical_age_s)
    )
    return f"'{label}'={age}s;{warning};{critical};0"


def _number(seconds: float | None) -> str:
    """In the class [-0-9.], so without an exponent, to the millisecond; empty for None."""
    return "" if seconds is None else f"{seconds:.3f}".rstrip("0").rstrip(".")


def _name(checked: Checked) -> str:
    return _tame(lease_of(checked))


def _why(phrase: str) -> str:
    return _tame(safe.text(phrase))


def _tame(text: str) -> str:
    """What `safe.text` gave, so that no monitor takes a part of it for the output's own."""
    return safe.start(text.replace("\\n", r"\x5cn").replace("|", r"\x7c"), _ONE)


def _fitting(pieces: Iterable[str], room: int, separator: int) -> list[str]:
    """As many from the beginning as fit into so many bytes."""
    kept = []
    for piece in pieces:
        room -= _size(piece) + separator
        if room < 0:
            break
        kept.append(piece)
    return kept


def _size(text: str) -> int:
    return len(text.encode())

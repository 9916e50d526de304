"""A check as metrics in Prometheus' text format, for node_exporter's textfile collector.

What is unknown is left out. Names stay clear of kube-state-metrics' `kube_lease_*`. A lease that is there twice, as in
files that were put together, counts once, as the worse: two samples of one series, and a collector refuses the file.
Holders are no labels: each new one would be a new series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from leasectl.lease.check.verdicts import Severity
from leasectl.show import plain, safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from leasectl.lease.check.verdicts import Checked, Report
    from leasectl.show.checks.look import Look

_LEASE = ("namespace", "lease")


def render(report: Report, look: Look) -> Iterator[bytes]:
    """The metrics in one piece; of `look` only `terminal` counts."""
    yield generate_latest(_Metrics(report, look))


class _Metrics(Collector):
    def __init__(self, report: Report, look: Look) -> None:
        self._report = report
        self._leases: dict[tuple[str, str], Checked] = {}
        for checked in report.leases:  # the worst first
            key = (_label(checked.namespace, look), _label(checked.name, look))
            self._leases.setdefault(key, checked)

    def collect(self) -> Iterator[Metric]:
        yield from self._of_leases()
        yield from self._of_all()

    def _of_leases(self) -> Iterator[Metric]:
        state = GaugeMetricFamily(
            "leasectl_lease_state", "The state that a lease is in; 1 always.", labels=[*_LEASE, "kind", "state"]
        )
        severity = _gauge("lease_severity", "How bad that is: 0 ok, 1 warning, 2 critical, 3 unknown.")
        renewed = _gauge("lease_renew_timestamp_seconds", "When it was last renewed, by the holder's own clock.")
        lasts = _gauge("lease_duration_seconds", "How long it lasts without a renewal.")
        remaining = _gauge("lease_remaining_seconds", "Time until it expires at the check; negative after.")
        for lease, checked in self._leases.items():
            state.add_metric([*lease, checked.kind.value, checked.state.value], 1)
            severity.add_metric(lease, checked.severity)
            if checked.renewed_at is not None:
                renewed.add_metric(lease, checked.renewed_at.timestamp())
            if checked.duration_s is not None:
                lasts.add_metric(lease, checked.duration_s)
            if checked.remaining_s is not None:
                remaining.add_metric(lease, checked.remaining_s)
        yield from (state, severity, renewed, lasts, remaining)

    def _of_all(self) -> Iterator[Metric]:
        report = self._report
        leases = GaugeMetricFamily("leasectl_leases", "How many leases were checked.", labels=["severity"])
        for severity in Severity:
            count = sum(checked.severity is severity for checked in self._leases.values())
            leases.add_metric([severity.name.lower()], count)
        yield leases
        for name, told, value in (
            ("severity", "The whole check's: 0 ok, 1 warning, 2 critical, 3 unknown.", report.severity.value),
            ("problems", "What keeps the check from being whole.", len(report.problems)),
            ("tolerated_leases", "Critical leases that were tolerated.", report.tolerated),
            ("timestamp_seconds", "When the check was made.", report.at.timestamp()),
        ):
            yield GaugeMetricFamily(f"leasectl_check_{name}", told, value)


def _gauge(name: str, told: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"leasectl_{name}", told, labels=_LEASE)


def _label(value: str, look: Look) -> str:
    """A label's value as UTF-8 can hold it; the library escapes what the format cannot."""
    return safe.text(value) if look.terminal else plain.text(value)

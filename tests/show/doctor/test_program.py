"""What is advised is a command as the user calls it."""

from __future__ import annotations

from leasectl.lease.doctor.phrase import Name, What, phrase
from leasectl.show.doctor.naming import Names

PLUGIN = Names(hidden=False, program="kubectl lease", again=["kubectl", "lease", "--context", "a b"])


def test_a_plugin_advises_the_plugin_s_commands() -> None:
    advice = phrase("leasectl describe {}", Name(What.LEASE, "leasectl describe"))
    assert PLUGIN.text(advice) == "kubectl lease --context 'a b' describe leasectl describe"
    assert Names(hidden=False).text(advice) == "leasectl describe leasectl describe"


def test_completion_is_leasectl_s_own() -> None:
    line = phrase("put this into ~/.bashrc: source <(leasectl completion bash)")
    assert PLUGIN.text(line) == Names(hidden=False).text(line)


def test_the_demo_knows_no_flags_of_a_cluster() -> None:
    assert PLUGIN.text(phrase("look at one: leasectl demo doctor")) == "look at one: kubectl lease demo doctor"

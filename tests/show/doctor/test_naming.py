"""Names, and what stands for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leasectl.lease.doctor.phrase import Name, Said, What, lease, listed, phrase
from leasectl.show.doctor.naming import STANDARD, Names

SECRET = "zzsecretzz"


def test_one_name_has_one_placeholder_of_its_own_sort() -> None:
    names = Names(hidden=True)
    told = listed([lease("payments", "ledger"), lease("payments", "invoices"), lease("ledger", "ledger")])
    assert names.text(told) == "namespace-1/lease-1, namespace-1/lease-2, namespace-2/lease-1"
    assert names.text((Name(What.NAMESPACE, "payments"),)) == "namespace-1"


def test_what_every_kubernetes_has_may_stay() -> None:
    assert Names(hidden=True).text(lease("kube-system", "kube-scheduler")) == "kube-system/kube-scheduler"
    assert Names(hidden=True).text((Name(What.USER, "kube-system"),)) == "user-1"


def test_with_names_nothing_is_hidden() -> None:
    told = phrase("{} said {}", Name(What.SERVER, "https://h"), Said("no {}", "something"))
    assert Names(hidden=False).text(told) == "https://h said no {}"


@given(st.sampled_from(list(What)), st.text(max_size=5), st.text(max_size=5))
def test_nothing_of_others_is_left(what: What, before: str, after: str) -> None:
    value = f"{before}{SECRET}{after}"
    told = phrase("a {} b {} c {}", Name(what, value), Said(value, "d"), listed([Name(what, value)] * 2, most=1))
    text = Names(hidden=True).text(told)
    assert SECRET not in text
    assert text == f"a {what}-1 b d c {what}-1 and 1 more"


def test_what_stays_is_kubernetes_own() -> None:
    assert all(
        name.startswith(("kube-", "system:", "default", "cloud-")) for names in STANDARD.values() for name in names
    )

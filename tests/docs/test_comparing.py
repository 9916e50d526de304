from __future__ import annotations

import pytest

from tests.docs.comparing import drift, same

NODE = "kube-node-lease   node-02   node   Late   31s   8s   <none>   0s   node-02"
SKEWED = "ingress-nginx   ingress-nginx-leader   election   Fresh   1s   28s   6d   +40s   ingress…c-4hx7p"
REASON = "State:  no renewal for 31s, one is due every 10s: 3 missed; the lease lasts 40s; the clocks agree"
FENCE = "18s: a duration of 15s, and a renewal interval of 2.0s, as was seen"
TAKEN = "holder jump_leasectl_030b6f23, duration 18s, until 2026-11-21T16:38:35Z, transitions 5"
GOT = "got payments/migrate as jump_23809_7121c628-6363-49f3-9d05-c7934c2bb4e5, token 1149"
CHANGED = "10:43:19Z  changed  cp-1_a4841167-ac74-412c-a8fa-89a302f2ee26 -> cp-2, nobody led for 19.0s ±1.0s"
NEXT = "Next:  a standby may take it between 14s and 24s from now, if no renewal comes"
RENEWS = "Next:  the holder renews it between 1s and 7s from now"
LED = "kube-controller-manager is led by cp-2_7a7dbab3-4244-48d9-ae55-f3b9c8c9f38b 21.4s after it was taken"
JSON = '  "age_s": 3.210984, "transitions": 4, "resourceVersion": "1149"'


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("n  Fresh  4s", "n  Fresh  7s"),
        ("n  Fresh   59m", "n  Fresh 60m"),
        ("n  Expired  6m   -5m20s", "n  Expired  6m3s  -5m24s"),
        (NODE, NODE.replace("31s", "34s").replace("8s", "5s")),
        (NODE, " ".join(NODE.split())),
        (SKEWED, SKEWED.replace("+40s", "+39s")),
        (REASON, REASON.replace("31s", "34s")),
        (FENCE, FENCE.replace("2.0s", "2.1s")),
        (TAKEN, TAKEN.replace("030b6f23", "9d2a77c1").replace("16:38:35", "04:00:01")),
        (GOT, GOT.replace("23809", "7").replace("7121c628", "00000000").replace("1149", "87")),
        (CHANGED, CHANGED.replace("10:43:19", "23:59:59").replace("19.0s", "18.2s")),
        (NEXT, NEXT.replace("14s and 24s", "12s and 22s")),
        (RENEWS, RENEWS.replace("between 1s and 7s", "from now until 5s")),
        (LED, LED.replace("cp-2_7a7dbab3", "cp-3_11111111")),
        (JSON, JSON.replace("3.210984", "1.0").replace("1149", "7")),
        ("https://a answers in 10 ms; kubectl 1.32.4 is there", "https://a answers in 43 ms; kubectl 1.36.0 is there"),
        ("server at https://127.0.0.1:40001 is up", "server at https://127.0.0.1:6443 is up"),
    ],
)
def test_what_moves_may_move(shown: str, printed: str) -> None:
    assert same(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("n  Fresh  4s", "n  Late  12m"),
        ("n  Fresh  4s", "n  Fresh  12m"),
        ("n  Expired  -5m20s", "n  Expired  5m20s"),
        ("NAME  STATE  RENEWED", "NAME  STATE  AGE"),
        (NODE, NODE.replace("Late", "Expired")),
        (NODE, NODE.replace("node-02", "node-03")),
        (NODE, NODE.replace("0s   node", "node")),
        (SKEWED, SKEWED.replace("+40s", "40s ahead")),
        (SKEWED, SKEWED.replace("6d", "20d")),
        (REASON, REASON.replace("lasts 40s", "lasts 45s")),
        (REASON, REASON.replace("every 10s", "every 12s")),
        (REASON, REASON.replace("missed", "left out")),
        (REASON, REASON.replace("3 missed", "72 missed")),
        (REASON, REASON.replace("agree", "differ")),
        (FENCE, FENCE.replace("of 15s", "of 16s")),
        (FENCE, FENCE.replace("as was seen", "as is assumed")),
        (TAKEN, TAKEN.replace("transitions 5", "transitions 6")),
        (TAKEN, TAKEN.replace("2026-11-21T16:38:35Z", "16:38:35Z")),
        (GOT, GOT.replace("got", "had")),
        (GOT, GOT.replace("jump_23809_7121c628-6363-49f3-9d05-c7934c2bb4e5", "nobody")),
        (CHANGED, CHANGED.replace("a4841167", "b4841167")),
        (CHANGED, CHANGED.replace("19.0s", "49.0s")),
        (NEXT, NEXT.replace("14s and 24s", "40s and 51s")),
        (NEXT, NEXT.replace("a standby", "the API server")),
        (RENEWS, RENEWS.replace("between 1s and 7s", "from now until 50s")),
        (LED, LED.replace("is led by cp-2_7a7dbab3-4244-48d9-ae55-f3b9c8c9f38b", "is led by nobody else yet")),
        (JSON, JSON.replace('"transitions": 4', '"transitions": 5')),
        (JSON, JSON.replace("age_s", "aged_s")),
        ("26 leases: 18 Fresh, 3 Late", "26 leases: 17 Fresh, 3 Late"),
        ("3", "2"),
    ],
)
def test_what_is_said_may_not_drift(shown: str, printed: str) -> None:
    assert not same(shown, printed)


def test_a_line_more_or_less_is_a_drift() -> None:
    assert "2 lines are shown, 1 printed" in drift(["a", "b"], ["a"])
    assert "1 lines are shown, 2 printed" in drift(["a"], ["a", "b"])
    assert drift(["a", "b"], ["b", "a"])
    assert not drift([], [])


def test_a_drift_says_what_stands_there_and_what_was_printed() -> None:
    assert drift(["NAME", "a  Fresh"], ["NAME", "a  Late"]) == (
        "line 2 of the output\n  shown:   a  Fresh\n  printed: a  Late"
    )


def test_a_sentence_may_be_wrapped_elsewhere_and_has_to_say_the_same() -> None:
    shown = ["Reason:       no renewal for 6m1s, it lasts 40s; the clocks", "              agree", "Held since:   1h"]
    printed = ["Reason:       no renewal for 6m, it lasts 40s; the clocks agree", "Held since:   1h"]

    assert not drift(shown, printed)
    assert drift(shown, [printed[0].replace("agree", "differ"), printed[1]])
    assert drift(shown, printed[:1])


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["head", "…", "tail"], ["head", "1", "2", "tail"]),
        (["head", "…"], ["head", "1"]),
        (["…", "tail"], ["1", "tail"]),
        (["head", "…", "between 4s", "…", "tail"], ["head", "1", "between 7s", "2", "3", "tail"]),
    ],
)
def test_lines_may_be_left_out_where_that_is_said(shown: list[str], printed: list[str]) -> None:
    assert not drift(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["head", "…", "tail"], ["head", "tail"]),
        (["head", "…", "tail"], ["other", "1", "tail"]),
        (["head", "…", "tail"], ["head", "1", "other"]),
        (["head", "…", "between", "…", "tail"], ["head", "1", "2", "3", "tail"]),
        (["head", "…", "between", "…", "tail"], ["head", "between", "1", "tail"]),
        (["a", "…", "b", "…", "c", "…"], ["a", "1", "c", "1", "b", "1"]),
    ],
)
def test_what_is_shown_beside_what_is_left_out_may_not_drift(shown: list[str], printed: list[str]) -> None:
    assert drift(shown, printed)

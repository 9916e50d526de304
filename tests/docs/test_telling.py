from __future__ import annotations

import pytest

from tests.docs.telling import Told, tell
from tests.docs.writing import left_out_again, rewritten

STORY = """\
```sh
mkdir -p ~/work && cd ~/work
export WHO=node-03
```

Words.

```console
$ pwd
/home/you/work
$ leasectl get -n kube-node-lease "$WHO" node-retired
NAME           KIND   STATE     RENEWED   REMAINING   HELD     HOLDER
node-03        node   Expired   6m        -5m20s      <none>   node-03
node-retired   node   Expired   3d        -2d23h      <none>   node-retired
…
$ leasectl expire-check node/node-01 -o nagios >/dev/null
$ (exit 3)
$ echo $?
3
```
"""


def test_a_story_is_one_shell_on_one_cluster() -> None:
    told = tell(STORY)

    assert told == Told([], 6, [])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("RENEWED", "AGE"),
        ("node-retired   node   Expired", "node-retired   node   Late"),
        ("-2d23h", "-1d23h"),
        ("$?\n3", "$?\n2"),
        ("/home/you/work\n$", "/home/you\n$"),
        ("nagios >/dev/null\n", "nagios >/dev/null\nOK\n"),
    ],
)
def test_a_planted_drift_is_found_and_the_rest_agrees(right: str, wrong: str) -> None:
    planted = STORY.replace(right, wrong)
    assert planted != STORY

    assert len(tell(planted).drifts) == 1


def test_a_shell_block_that_fails_is_found() -> None:
    (drift,) = tell("```sh\ntrue\nls /nowhere\ntrue\n```\n").drifts

    assert "ls /nowhere" in drift.why
    assert "ended with" in drift.why


def test_a_cluster_of_its_own_begins_where_a_note_says_so() -> None:
    text = (
        "```console\n$ leasectl get -n kube-node-lease --no-headers -o name | wc -l\n13\n```\n\n"
        "<!-- demo: --nodes 2 -->\n```console\n$ leasectl get -n kube-node-lease --no-headers -o name | wc -l\n2\n```\n"
    )

    assert tell(text) == Told([], 2, [])


def test_what_drifted_is_written_anew_and_nothing_else() -> None:
    wrong = STORY.replace("STATE     RENEWED", "STATE     AGED").replace("$?\n3", "$?\n2\nmore")

    text = rewritten(wrong, tell(wrong).drifts)

    assert "…\n$ leasectl expire-check" in text
    assert text.replace(" ", "").count("node-retirednodeExpired") == 1
    assert tell(text).drifts == []
    assert text.partition("NAME")[0] == STORY.partition("NAME")[0]


def test_what_a_page_leaves_out_stays_out_when_it_is_written_anew() -> None:
    shown = ["NAME  STATE", "…", "node-02  node  Late  1s", "…"]
    printed = ["NAME  STATE  AGE", "node-01  node  Fresh", "node-02  node  Late  9s", "node-03  node  x", "3 leases"]

    assert left_out_again(shown, printed) == ["NAME  STATE  AGE", "…", "node-02  node  Late  9s", "…"]

"""What several threads decode is known to msgspec before there are several.

msgspec (0.22) makes a Struct's decoder at its first sight; a second thread that comes by meanwhile finds it half made,
and the process dies of a segmentation fault. A Decoder that is made with its module is whole before anybody asks.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

CLUSTER = Path(__file__).parents[2] / "leasectl" / "cluster"
# Of files that one thread reads, or of credentials, which one thread at a time resolves (`identity/standing.py`).
ONE_THREAD = {"offline.py", "dump_text.py", "config", "identity", "doctor/login.py"}
ONE_THREAD_WRITES = {"store.py", "manifest.py"}
RACE = """
import sys, threading
from datetime import UTC, datetime
from leasectl.cluster.access import read_access
from leasectl.cluster.answer import Answer

sys.setswitchinterval(1e-6)
answer = Answer(bytearray(b'{"status":{"allowed":true}}'), datetime.now(UTC), None)
at_once = threading.Barrier(16)

def ask():
    at_once.wait()
    assert read_access(answer).allowed

threads = [threading.Thread(target=ask) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def _decoded_by_type(file: Path) -> list[int]:
    """The lines of `msgspec.json.decode(…, type=…)`."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if ast.unparse(call.func) in {"msgspec.json.decode", "msgspec.convert"}
        and any(keyword.arg == "type" for keyword in call.keywords)
    ]


def test_what_several_threads_decode_has_a_decoder_of_its_module() -> None:
    alone = ONE_THREAD | ONE_THREAD_WRITES
    shared = [
        file
        for file in CLUSTER.rglob("*.py")
        if str(file.relative_to(CLUSTER)) not in alone and file.relative_to(CLUSTER).parts[0] not in alone
    ]
    assert {str(file): lines for file in shared if (lines := _decoded_by_type(file))} == {}


def test_first_answers_that_come_at_once_do_not_crash() -> None:
    for _ in range(10):
        ended = subprocess.run([sys.executable, "-c", RACE], check=False, capture_output=True)
        assert (ended.returncode, ended.stderr) == (0, b"")

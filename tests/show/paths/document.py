"""A list as kubectl hands it to an expression, and beside it what no lease has: floats, nulls, mixed lists."""

from __future__ import annotations

from typing import Any

DOCUMENT: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "List",
    "metadata": {"resourceVersion": ""},
    "items": [
        {
            "kind": "Lease",
            "metadata": {
                "name": "a",
                "labels": {"app": "one", "a.b/c": "dot"},
                "annotations": {"html": "<a>&b", "tab": "x\ty"},
            },
            "spec": {"holderIdentity": "cp-1", "leaseDurationSeconds": 15, "leaseTransitions": 3},
        },
        {
            "kind": "Lease",
            "metadata": {"name": "b", "labels": {"app": "two"}},
            "spec": {"holderIdentity": "cp-2", "leaseDurationSeconds": 3600, "strategy": None},
        },
        {"kind": "Lease", "metadata": {"name": "c"}, "spec": {}},
    ],
    "numbers": [0, -1, 1.5, 1000000.0, 123456789.0, 1e21, 1e-07, -0.0, 9223372036854775807, 9223372036854775808],
    "mixed": [None, True, "x", 7, {"k": None}, []],
    "words": ["p", "q", "r", "s", "t"],
}

"""A file that is replaced as a whole: whoever reads it sees the old one or the new one, and never half of it."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from leasectl.cli.streams import OutputFailed

_READABLE = 0o644  # a collector runs as somebody else


def replace(path: str, data: bytes) -> None:
    """Write it beside, see it on the disk, and rename it; OutputFailed where that cannot be."""
    target = Path(path)
    beside = ""
    try:
        number, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, _READABLE)  # noqa: PTH101 - the name of a temporary file
        os.replace(beside, target)  # noqa: PTH105 - likewise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OutputFailed(f"error: {path}: {why}") from None
    finally:
        if beside:
            with suppress(FileNotFoundError):  # renamed
                os.unlink(beside)  # noqa: PTH108 - likewise

"""A file that is replaced as a whole: whoever reads it sees the old one or the new one, and never half of it."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from leasectl.cli.streams import OutputFailed

_READABLE = 0o644  # a collector runs as somebody else


def replace(path: str, data: bytes) -> None:
    """Write it beside, see it on the disk, and rename it; OutputFailed where that cannot be.

    A link stays one, and the file that it leads to is replaced. What is no file (a device, a pipe) is left alone.
    """
    target, beside = Path(path).resolve(), ""
    try:
        mode = _mode_of(target, path)
        number, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)  # noqa: PTH101 - the name of a temporary file
        os.replace(beside, target)  # noqa: PTH105 - likewise
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OutputFailed(f"error: {path}: {why}") from None
    finally:
        if beside:
            with suppress(FileNotFoundError):  # renamed
                os.unlink(beside)  # noqa: PTH108 - likewise


def _mode_of(target: Path, path: str) -> int:
    """That of the file that is there; ValueError where something else is."""
    if path.endswith(os.sep):
        raise ValueError("it is a folder; name a file in it")
    if not target.exists():
        return _READABLE
    if not target.is_file():
        raise ValueError("it is no regular file, and would be replaced by one; write to stdout instead")
    return target.stat().st_mode & 0o777

"""Files of a folder, read only if they are files: a FIFO would be waited for."""

from __future__ import annotations

import errno
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def regular_bytes(path: Path) -> bytes:
    """Return the content of a file that lies in a folder.

    Raises
    ------
    OSError
        If it is missing or cannot be read, or is a FIFO, a device or a socket.
    """
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        message = "is no regular file (a FIFO, a device or a socket); put a file there"
        raise OSError(errno.EINVAL, message)
    return path.read_bytes()

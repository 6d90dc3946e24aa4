"""Where the tests keep their files."""

from __future__ import annotations

import os
import shutil
from typing import Optional

MEMORY = "/dev/shm"
GIB = 1024**3


def in_memory(room: int = 2 * GIB) -> Optional[str]:
    """A disk in memory with so many bytes free, where programs may run; None if there is none."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < room:
        return None
    return None if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC else MEMORY

"""Where the tests keep their files, and copies of them."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path
from typing import Optional

MEMORY = "/dev/shm"
GIB = 1024**3


def in_memory(room: int = 2 * GIB) -> Optional[str]:
    """A disk in memory with so many bytes free, where programs may run; None if there is none."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < room:
        return None
    return None if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC else MEMORY


def put_aside(folder: Path, to: Path) -> Path:
    """A copy of a panel's folder, or of its journal's, as a backup makes it.

    Journals that nobody needs any more are closed first: closing one takes the files beside it away, in the
    middle of the copying.
    """
    gc.collect()
    return Path(shutil.copytree(folder, to))

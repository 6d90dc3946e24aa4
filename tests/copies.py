"""A copy of a panel's folder, or of its journal's, as a backup makes it."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path


def put_aside(folder: Path, to: Path) -> Path:
    """Journals that nobody needs any more are closed first: closing one takes the files beside it away, in
    the middle of the copying.
    """
    gc.collect()
    return Path(shutil.copytree(folder, to))

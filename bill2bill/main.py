"""Where every executable begins: one call in, one exit status out. The only writer of stdout.

Nothing is imported here that `features` does not need: the panel asks every module for it at each of its
starts.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as in typing, whose import takes as long as the rest of `features`
if TYPE_CHECKING:
    from typing import BinaryIO, Mapping, Optional, Sequence, TextIO

PACKAGE = os.path.dirname(os.path.abspath(__file__))


def run(
    kind: str, argv: Sequence[str], stdin: BinaryIO, stdout: BinaryIO, stderr: TextIO, env: Mapping[str, str]
) -> int:
    """Carry out one call of the panel.

    kind    "registrar" (domains), "processing" (servers and the like) or "addon" (pages of the admin
            interface)
    argv    with the executable's own path first: the panel's root is the folder above its folder
    Returns the exit status: 0 success, 1 failure (host-protocol 2.1). stdout gets one XML document or
    nothing.
    """
    executable = os.path.basename(argv[0])
    root = os.path.dirname(os.path.dirname(os.path.abspath(argv[0])))
    if kind == "addon":
        from bill2bill.admin.page import answer

        status, reply = answer(root, stdin, env)
    else:
        ready = _prepared(executable) if list(argv[1:]) == ["--command", "features"] else None
        if ready is not None:
            status, reply = 0, ready
        else:
            from bill2bill.commands.carry_out import carry_out

            status, reply = carry_out(kind, root, executable, argv[1:], stdin)
    if reply:
        try:
            stdout.write(reply)
            stdout.flush()
        except (BrokenPipeError, ValueError):
            stderr.write("bill2bill: nobody reads the reply\n")
            return 1
    return status


def _prepared(executable: str) -> Optional[bytes]:
    """The features answer that the installer stored beside the package; None in a checkout."""
    try:
        with open(os.path.join(os.path.dirname(PACKAGE), "features", executable + ".xml"), "rb") as stored:
            return stored.read() or None
    except OSError:
        return None

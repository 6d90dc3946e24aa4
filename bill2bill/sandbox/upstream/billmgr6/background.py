"""Answers of background requests, fetched later by their address (upstream-billmanager6 1.5)."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from typing import Optional, Tuple

from bill2bill.sandbox.upstream.engine.wire import Answer, page, web_page

PREFIX = "/long/"
MOST = 100


class Background:
    """At most MOST answers, the oldest is forgotten first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Tuple[float, Answer]] = OrderedDict()

    def put(self, answer: Answer, seconds: float) -> Answer:
        """The page that tells where the answer can be had, `seconds` from now."""
        path = f"{PREFIX}{secrets.token_hex(8)}/billmgr"
        self._answers[path] = (time.monotonic() + seconds, answer)
        while len(self._answers) > MOST:
            self._answers.popitem(last=False)
        return _please_wait(path)

    def get(self, path: str) -> Optional[Answer]:
        """The answer if it is ready, the same page again if it is not, None for an unknown address."""
        ready, answer = self._answers.get(path, (0.0, None))
        if answer is None:
            return None
        return answer if time.monotonic() >= ready else _please_wait(path)


def _please_wait(path: str) -> Answer:
    return web_page(
        page("Please wait", "The operation is in progress.").replace(
            "</body>", f'<script>location="{path}"</script></body>'
        )
    )

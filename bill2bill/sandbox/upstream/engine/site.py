"""The site: turns a request into an answer and applies the armed fault."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from bill2bill.sandbox.upstream.engine import play
from bill2bill.sandbox.upstream.engine.dialect import BaseProvider, Dialect
from bill2bill.sandbox.upstream.engine.faults import AFTER, BEFORE, COMMIT_LATER, SLOW, Fault, Faults
from bill2bill.sandbox.upstream.engine.records import masked
from bill2bill.sandbox.upstream.engine.wire import Answer, Request


class Site:
    """A provider with its faults; reset replaces the provider."""

    def __init__(
        self, dialect: Dialect, login: str, password: str, folder: Path, settings: Mapping[str, object]
    ) -> None:
        self.dialect = dialect
        self._start = (login, password, folder, dict(settings))
        self.provider: Any = dialect.start(*self._start)
        self.faults = Faults()

    def reset(self) -> None:
        """As after the start: fixtures, the switches of the command line, no faults, empty ledger and log."""
        old = self.provider
        with old.lock:
            old.ledger.close()
            old.requests.close()
            self.provider = self.dialect.start(*self._start)
            self.faults = Faults()

    def handle(self, request: Request) -> Optional[Answer]:
        """The answer, or None: close the connection without one. Waits for slow faults outside the lock."""
        provider = self.provider
        with provider.lock:
            fault = self.faults.take(request)
        if fault is not None and fault.kind == COMMIT_LATER:
            self._commit_later(provider, request, fault)
            return None
        answer = (
            self._with_fault(provider, request, fault) if fault else self._carry_out(provider, request, None)
        )
        if answer is not None and answer.wait:
            time.sleep(answer.wait)
        return None if answer is None or answer.silent else answer

    def _with_fault(self, provider: BaseProvider, request: Request, fault: Fault) -> Optional[Answer]:
        if fault.when == BEFORE and fault.kind == SLOW:
            time.sleep(fault.seconds)
        acts = fault.when == AFTER or fault.kind == SLOW
        answer = (
            self._carry_out(provider, request, fault) if acts else self._pretend(provider, request, fault)
        )
        return self.dialect.spoilers[fault.kind](answer, fault, request, provider)

    def _pretend(self, provider: BaseProvider, request: Request, fault: Fault) -> Answer:
        """Carry out nothing; the fault is applied to a plain success."""
        with provider.lock:
            self._log(provider, request, "not carried out", fault)
            return self.dialect.plain_success(provider, request)

    def _commit_later(self, provider: BaseProvider, request: Request, fault: Fault) -> None:
        """Cut now; carry out `seconds` later, unless the provider was reset meanwhile."""
        with provider.lock:
            row = self._log(provider, request, "carried out later", fault)

        def commit() -> None:
            if self.provider is provider:
                with provider.lock:
                    row["outcome"] = f"later: {self._answer(provider, request).outcome}"

        timer = threading.Timer(fault.seconds, commit)
        timer.daemon = True
        timer.start()

    def _carry_out(self, provider: BaseProvider, request: Request, fault: Optional[Fault]) -> Answer:
        with provider.lock:
            answer = self._answer(provider, request)
            self._log(provider, request, answer.outcome, fault)
            return answer

    def _answer(self, provider: BaseProvider, request: Request) -> Answer:
        provider.settle()
        playing = provider.switches.word("play")
        return (
            self.dialect.answer(provider, request)
            if playing == self.dialect.play
            else play.OTHERS[playing](request)
        )

    def _log(
        self, provider: BaseProvider, request: Request, outcome: str, fault: Optional[Fault]
    ) -> Dict[str, Any]:
        return provider.requests.add(
            {
                "time": provider.clock.stamp(),
                "client": request.client,
                "method": request.method,
                "path": request.path,
                "func": request.name,
                "params": masked(request.params),
                "outcome": outcome,
                "fault": fault.label if fault else None,
            }
        )

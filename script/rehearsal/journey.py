"""What journeys have in common: a client's day with one kind of service, judged by the provider's ledger and
the panel's list.
"""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar, ContextManager, Dict, List, Mapping, Tuple

from scene import PASSWORD, Scene
from telling import RUSSIAN, Broken, Step, Teller, expect

from bill2bill.sandbox.stage import Provider, Said

STATUS = {"2": ("active", "активна"), "3": ("suspended", "приостановлена"), "4": ("closed", "закрыта")}


class Journey:
    """name: of the item type, and of the journey. due: kind of charge -> a function of the panel; each of its
    calls that names the item and has this parameter is worth one charge.
    """

    name: ClassVar[str]
    executable: ClassVar[str]
    due: ClassVar[Mapping[str, Tuple[str, str]]]
    provider: Provider

    def __init__(self, scene: Scene, teller: Teller) -> None:
        self.scene, self.teller, self.panel = scene, teller, scene.panel
        self.steps: List[Step] = []
        self.items: List[int] = []

    def play(self) -> None:
        """The whole day. Raises Broken at the first step that does not hold."""
        raise NotImplementedError

    def step(self, name: str, english: str, russian: str) -> ContextManager[None]:
        return self.teller.step(self.steps, name, english, russian)

    def tell(self, english: str, russian: str) -> None:
        self.teller.tell(english, russian)

    # -- what a person does ----------------------------------------------------------------------------------

    def connect(self, **fields: str) -> int:
        """The id of a connection to the provider; a wrong password comes first."""
        with self.step("wrong password", "A wrong password is explained", "Неверный пароль объясняется"):
            try:
                self._connection("wrong", fields)
            except Said as answer:
                expect(answer.type, "invalid_login_or_passwd", "error")
                self.tell(f"the panel says: {answer.text}", f"панель говорит: {answer.text}")
            else:
                raise Broken("a wrong password was accepted")
        with self.step(
            "connect",
            "The connection is checked over TLS and saved",
            "Подключение проверено по TLS и сохранено",
        ):
            return self._connection(PASSWORD, fields)

    def _connection(self, password: str, fields: Mapping[str, str]) -> int:
        common = {
            "url": self.provider.url,
            "username": "reseller",
            "ca_file": self.provider.ca_file,
            "send_close": "on",
        }
        common.update(
            module=self.executable,
            type=self.name,
            name=f"Provider of {self.name}",
            lang="ru" if RUSSIAN else "en",
        )
        return self.panel.new("sandbox.module.add", {"password": password}, **common, **fields)

    def buy(self, **order: Any) -> int:
        """A client orders and pays; the id of the item."""
        item = self.panel.new("sandbox.order", itemtype=self.name, **order)
        self.items.append(item)
        self.panel.call("sandbox.pay", elid=item)
        return item

    def operate(self, item: int, command: str, result: str = "gone", **options: Any) -> None:
        self.panel.call("sandbox.operation", item=item, command=command, **options)
        self.runs(command, result)

    # -- what the panel and the provider show ----------------------------------------------------------------

    def runs(self, command: str, result: str) -> None:
        """The panel runs what waits: this command and no other, and then it is gone, or kept for the next
        run.
        """
        expect(
            {row["command"]: row["result"] for row in self.panel.rows("sandbox.tick")},
            {command: result},
            "the panel",
        )

    def row(self, item: int) -> Dict[str, str]:
        with contextlib.suppress(StopIteration):
            return next(row for row in self.panel.rows(self.name) if int(row["id"]) == item)
        raise Broken(f"the panel's list has no item {item}")

    def shows(self, item: int, status: str) -> None:
        """The panel's list shows the item in this state (host-protocol 6.5)."""
        expect(self.row(item)["status"], status, "the panel's status")
        english, russian = STATUS[status]
        self.tell(f"the panel shows it {english}", f"панель показывает: {russian}")

    def charged(self, *kinds: str) -> None:
        """These are all charges so far, in their order."""
        expect([row["kind"] for row in self.provider.get("ledger")], list(kinds), "the provider's ledger")

    def state(self, listing: str) -> List[Dict[str, Any]]:
        """What the provider has: a list of its state."""
        found: List[Dict[str, Any]] = self.provider.get("state")[listing]
        return found

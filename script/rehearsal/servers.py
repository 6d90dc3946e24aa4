"""A client's days with servers, bought from a provider with BILLmanager 6."""

from __future__ import annotations

import time
from typing import Any, Dict

from journey import Journey
from telling import Broken, expect

FIRST, SECOND = "vm1.example.net", "vm2.example.net"
SYSTEM = "ISPsystem__Debian-12"
SMALL, LARGE = 277, 278  # the provider's tariffs
SETTLED = 6.5  # seconds after which the next run looks again, see etc/bill2bill.conf of the scene
LATE = 3.0  # seconds after which a request whose connection broke is carried out all the same


class ServerJourney(Journey):
    name, executable = "vds", "pmbill2bill"
    due = {
        "order": ("vds.open", "elid"), "prolong": ("service.postprolong", "elid"),
        "changepricelist": ("sandbox.operation", "pricelist"),
        "addon": ("service.postsetparam", "elid"),
    }  # fmt: skip

    def play(self) -> None:
        with self.step("stage", "A provider of servers starts", "Запускается поставщик серверов"):
            self.provider = self.scene.provider("upstream6", "--dialect", "6")
            self.tell(
                f"provider {self.provider.url}, BILLmanager 6",
                f"поставщик {self.provider.url}, BILLmanager 6",
            )
        self.link_tariffs(self.connect())
        self.order()
        self.renew()
        self.change()
        self.stand_still()
        self.lose_an_answer()
        self.close()

    def remote(self, name: str) -> Dict[str, Any]:
        """The only service of this name that the provider has."""
        found = [service for service in self.state("services") if service["domain"] == name]
        expect(len(found), 1, f"services named {name}")
        return found[0]

    def link_tariffs(self, module: int) -> None:
        with self.step(
            "link tariffs",
            "Two tariff plans are linked to the provider's",
            "Два тарифных плана связаны с тарифами поставщика",
        ):
            self.small = self._tariff(module, "KVM-2", SMALL, included=2, monthly="15")
            self.large = self._tariff(module, "KVM-4", LARGE, included=4, monthly="30")
            self.tell(
                f"KVM-2 sells {SMALL}, KVM-4 sells {LARGE}; processors and control panel are matched by name",
                f"KVM-2 продаёт {SMALL}, KVM-4 продаёт {LARGE};"
                " процессоры и панель управления сопоставлены по имени",
            )

    def _tariff(self, module: int, name: str, remote: int, included: int, monthly: str) -> int:
        plan = self.panel.new(
            "sandbox.tariff.add",
            itemtype="vds",
            name=name,
            module=module,
            monthly=monthly,
            b2b_tariff=remote,
            b2b_datacenter=3,
        )
        processors: Dict[str, Any] = {"limit": included, "min": 1, "max": 8, "step": 1, "monthly": 3}
        self.panel.call("sandbox.addon.add", pricelist=plan, intname="ncpu", addontype="int", **processors)
        self.panel.call(
            "sandbox.addon.add",
            pricelist=plan,
            intname="control_panel",
            addontype="enum",
            items="901,902",
            default="901",
            monthly="6",
        )
        return plan

    def order(self) -> None:
        with self.step(
            "order",
            f"A client orders the server {FIRST} and pays",
            f"Клиент заказывает сервер {FIRST} и платит",
        ):
            self.provider.post("switch", async_delay="never")
            self.item = self.buy(pricelist=self.small, period=1, domain=FIRST, ostempl=SYSTEM)
            self.runs("open", "kept")
            self.charged("order")
            self.tell(
                "ordered and paid once; the provider is at work",
                "заказано и оплачено один раз; поставщик работает",
            )
        with self.step(
            "open",
            "The server is ready: «bill2bill tick» sees it",
            "Сервер готов: это видит «bill2bill tick»",
        ):
            self.provider.post("progress")
            self.provider.post("switch", async_delay=0)
            expect(
                [(one["item"], one["finished"]) for one in self.scene.bill2bill("tick")],
                [(self.item, True)],
                "tick",
            )
            self.charged("order")
            self.shows(self.item, "2")
            address = self.row(self.item)["ip"]
            expect(address, self.remote(FIRST)["ip"], "the address")
            expect(
                [
                    call["params"]["crypted"]
                    for call in self.panel.calls()
                    if call["params"].get("name") == "userpassword"
                ],
                ["on"],
                "the password",
            )
            self.tell(
                f"its address is {address}; the panel got its password encrypted",
                f"его адрес {address}; пароль передан панели зашифрованным",
            )

    def renew(self) -> None:
        with self.step("renew", "The client renews for a month", "Клиент продлевает на месяц"):
            before = self.remote(FIRST)["expiredate"]
            self.operate(self.item, "prolong")
            self.charged("order", "prolong")
            after = self.remote(FIRST)["expiredate"]
            self.tell(f"{before} → {after} at the provider", f"{before} → {after} у поставщика")

    def change(self) -> None:
        with self.step(
            "add-on", "The client wants 4 processors instead of 2", "Клиенту нужно 4 процессора вместо 2"
        ):
            self.panel.call("sandbox.change", item=self.item, addon_ncpu=4)
            self.runs("setparam", "gone")
            self.charged("order", "prolong", "addon")
            expect(self.remote(FIRST)["addons"]["101"], "4", "processors at the provider")
            self.tell("read back: 4 processors", "прочитано обратно: 4 процессора")
        english = "The client moves to KVM-4, with 2 processors more than it includes"
        with self.step("tariff", english, "Клиент переходит на KVM-4 и берёт 2 процессора сверх включённых"):
            self.operate(self.item, "setparam", pricelist=self.large)
            self.charged("order", "prolong", "addon", "changepricelist", "addon")
            remote = self.remote(FIRST)
            expect(
                (remote["pricelist"], remote["addons"]["111"]),
                (LARGE, "6"),
                "tariff and processors at the provider",
            )
            self.tell(
                f"read back: tariff {LARGE}, 6 processors", f"прочитано обратно: тариф {LARGE}, 6 процессоров"
            )

    def stand_still(self) -> None:
        with self.step(
            "suspend", "The service is suspended, here and there", "Услуга приостановлена здесь и там"
        ):
            self.operate(self.item, "suspend")
            self.shows(self.item, "3")
            expect(self.remote(FIRST)["status"], 3, "the provider's status")
        with self.step("resume", "The service is resumed", "Услуга возобновлена"):
            self.operate(self.item, "resume")
            self.shows(self.item, "2")
            expect(self.remote(FIRST)["status"], 2, "the provider's status")

    def lose_an_answer(self) -> None:
        english = f"Another order, {SECOND}: the connection breaks, and the provider carries it out later"
        with self.step(
            "lost answer", english, f"Ещё один заказ, {SECOND}: связь рвётся, а поставщик выполняет его позже"
        ):
            self.provider.post(
                "faults", func="v2.vds.order.param", kind="commit_later", seconds=LATE, match={"sok": "ok"}
            )
            other = self.buy(pricelist=self.small, period=1, domain=SECOND, ostempl=SYSTEM)
            self.runs("open", "kept")
            lost = time.monotonic()
            self.tell(
                "no answer; bill2bill looks, finds nothing, orders nothing",
                "ответа нет; bill2bill смотрит, ничего не находит и не заказывает",
            )
            self._wait_for_the_order()
            time.sleep(max(0.0, lost + SETTLED - time.monotonic()))
            self.runs("open", "gone")
            self.charged("order", "prolong", "addon", "changepricelist", "addon", "order")
            mark = self.remote(SECOND)["remoteid"]
            self.shows(other, "2")
            self.tell(
                f"charged once, found by its mark {mark}, reported",
                f"списано один раз, найдено по метке {mark}, доложено",
            )

    def _wait_for_the_order(self) -> None:
        until = time.monotonic() + 10 * LATE
        while not any(service["domain"] == SECOND for service in self.state("services")):
            if time.monotonic() > until:
                raise Broken("the provider did not carry the order out")
            time.sleep(0.1)

    def close(self) -> None:
        with self.step(
            "close", "The first server is closed, here and there", "Первый сервер закрыт здесь и там"
        ):
            self.operate(self.item, "close")
            self.shows(self.item, "4")
            expect(self.remote(FIRST)["status"], 4, "the provider's status")

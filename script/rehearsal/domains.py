"""A client's day with a domain, bought from a provider with BILLmanager 4."""

from __future__ import annotations

from typing import Any, Dict

from journey import Journey
from telling import expect

DOMAIN = "example.ru"
CONTACT: Dict[str, Any] = {
    "profiletype": 1, "name": "Ivanov", "firstname": "Ivan", "middlename": "I", "lastname": "Ivanov",
    "firstname_locale": "Иван", "middlename_locale": "Иванович", "lastname_locale": "Иванов",
    "birthdate": "1980-01-31",
    "passport": "3102 651241", "passport_org": "OVD", "passport_date": "2005-02-28",
    "email": "ivan@example.ru",
    "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67", "location_country": 182,
    "location_state": "Moscow",
    "location_postcode": "101000", "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip


class DomainJourney(Journey):
    name, executable = "domain", "pmbill2billreg"
    due = {"order": ("domain.open", "elid"), "renew": ("service.postprolong", "elid")}

    def play(self) -> None:
        self.set_up()
        module = self.connect(project="*.ru-tld.ru (Domains)")
        self.panel.call("sandbox.tld.add", name="ru", whois_find_string="not exist")
        tariff = self.panel.new(
            "sandbox.tariff.add", itemtype="domain", name=".RU", module=module, tld="ru", annually="300"
        )
        self.check_names()
        self.order(tariff)
        self.renew()
        self.daily_life()
        self.lose_an_answer()
        with self.step(
            "close", "The service is closed: it will not be renewed", "Услуга закрыта: продлеваться не будет"
        ):
            self.operate(self.item, "close")
            self.shows(self.item, "4")

    def set_up(self) -> None:
        with self.step(
            "stage",
            "A panel and a provider start on this machine",
            "На этой машине запускаются панель и поставщик",
        ):
            self.provider = self.scene.provider("upstream")
            self.tell(f"panel {self.panel.root}", f"панель {self.panel.root}")
            self.tell(
                f"provider {self.provider.url}, BILLmanager 4",
                f"поставщик {self.provider.url}, BILLmanager 4",
            )
        with self.step(
            "install", "install.sh installs bill2bill into the panel", "install.sh ставит bill2bill в панель"
        ):
            self.scene.install()

    def remote(self) -> Dict[str, Any]:
        return self.state("domains")[0]

    def check_names(self) -> None:
        with self.step(
            "check names",
            "Is a name free? Three names, three answers",
            "Свободно ли имя? Три имени, три ответа",
        ):
            for name, wanted in ((DOMAIN, "free"), ("taken.ru", "busy"), ("html.ru", "later")):
                expect(self.panel.call("sandbox.check", domain=name).findtext("result"), wanted, name)
                words = {"free": "свободно", "busy": "занято", "later": "спросить позже"}
                self.tell(f"{name}: {wanted}", f"{name}: {words[wanted]}")

    def order(self, tariff: int) -> None:
        with self.step("order", f"A client orders {DOMAIN} and pays", f"Клиент заказывает {DOMAIN} и платит"):
            contact = self.panel.new("sandbox.contact.add", **CONTACT)
            servers = {"ns0": "ns1.example.net", "ns1": "ns2.example.net"}
            self.item = self.buy(pricelist=tariff, period=12, domain=DOMAIN, owner=contact, **servers)
            self.runs("open", "kept")
            self.charged("order")
            self.tell(
                "ordered and paid once; the registry is at work",
                "заказано и оплачено один раз; реестр работает",
            )
        with self.step(
            "open",
            "The registry is ready: the panel's next run sees it",
            "Реестр готов: следующий запуск панели это видит",
        ):
            self.provider.post("progress")
            self.runs("open", "gone")
            self.charged("order")
            self.shows(self.item, "2")
            until = self.row(self.item)["real_expiredate"]
            self.tell(f"active until {until}", f"активен до {until}")

    def renew(self) -> None:
        with self.step("renew", "The client renews for a year", "Клиент продлевает на год"):
            before = self.remote()["expire"]
            self.operate(self.item, "prolong", "kept")
            self.provider.post("progress")
            self.runs("prolong", "gone")
            self.charged("order", "renew")
            self.tell(
                f"{before} → {self.remote()['expire']} at the provider",
                f"{before} → {self.remote()['expire']} у поставщика",
            )

    def daily_life(self) -> None:
        with self.step("name servers", "The client changes the name servers", "Клиент меняет серверы имён"):
            self.panel.call("sandbox.change", item=self.item, ns0="ns3.example.net", ns1="ns4.example.net")
            self.runs("update_ns", "gone")
            expect(
                self.remote()["ns"], ["ns3.example.net", "ns4.example.net"], "name servers at the provider"
            )
            self.tell(
                "read back: ns3.example.net ns4.example.net",
                "прочитано обратно: ns3.example.net ns4.example.net",
            )
        with self.step("suspend", "The service is suspended", "Услуга приостановлена"):
            self.operate(self.item, "suspend")
            self.shows(self.item, "3")
        with self.step("resume", "The service is resumed", "Услуга возобновлена"):
            self.operate(self.item, "resume")
            self.shows(self.item, "2")

    def lose_an_answer(self) -> None:
        english = "Another renewal, and this time the provider charges but its answer is lost"
        with self.step(
            "lost answer", english, "Ещё одно продление: поставщик списывает деньги, но его ответ теряется"
        ):
            self.provider.post("faults", func="domain.renew", kind="cut_after")
            self.operate(self.item, "prolong", "kept")
            self.tell(
                "the panel repeats, bill2bill looks instead of paying again",
                "панель повторяет, bill2bill смотрит, а не платит снова",
            )
            self.runs("prolong", "kept")
            self.provider.post("progress")
            self.runs("prolong", "gone")
            self.charged("order", "renew", "renew")
            self.tell("charged once, found, reported", "списано один раз, найдено, доложено")

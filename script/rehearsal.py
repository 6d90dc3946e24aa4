"""The rehearsal behind script/try: a person's day at the panel, step by step, judged by the provider's ledger."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from bill2bill.sandbox.stage import Panel, Provider, Said  # noqa: E402

PLACE = HOME / ".try"
DOMAIN = "example.ru"
RUSSIAN = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("ru")
PASSWORD = "rehearsal-secret"
STATUS = {"2": ("active", "активна"), "3": ("suspended", "приостановлена"), "4": ("closed", "закрыта")}
CONTACT = {
    "profiletype": 1, "name": "Ivanov", "firstname": "Ivan", "middlename": "I", "lastname": "Ivanov",
    "firstname_locale": "Иван", "middlename_locale": "Иванович", "lastname_locale": "Иванов", "birthdate": "1980-01-31",
    "passport": "3102 651241", "passport_org": "OVD", "passport_date": "2005-02-28", "email": "ivan@example.ru",
    "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67", "location_country": 182, "location_state": "Moscow",
    "location_postcode": "101000", "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip


class Broken(Exception):
    """A step did not hold."""


def expect(found, wanted, what):
    if found != wanted:
        raise Broken(f"{what}: {found!r}, expected {wanted!r}")


class Rehearsal:
    def __init__(self, quiet):
        self.quiet, self.steps = quiet, []
        self.panel = self.provider = None
        self.module = self.item = 0

    def say(self, text=""):
        if not self.quiet:
            print(text, flush=True)

    @contextmanager
    def step(self, name, english, russian):
        """One step in plain words; its result is a line below."""
        began = time.monotonic()
        self.say(f"\n{len(self.steps) + 1:2}. {russian if RUSSIAN else english}")
        try:
            yield
        except (Broken, Said, subprocess.CalledProcessError, OSError) as trouble:
            self.steps.append({"step": name, "ok": False, "why": str(trouble)})
            self.say(f"    ✗ {trouble}")
            raise Broken(name) from trouble
        self.steps.append({"step": name, "ok": True})
        self.say(f"    ✓ {time.monotonic() - began:.1f} s")

    def tell(self, english, russian):
        self.say(f"    {russian if RUSSIAN else english}")

    # -- what the panel and the provider show ----------------------------------------------------------------------

    def tick(self):
        return {row["command"]: row["result"] for row in self.panel.rows("sandbox.tick")}

    def shows(self, status):
        """The panel's list shows the item in this state (host-protocol 6.5)."""
        expect(self.item_row()["status"], status, "the panel's status")
        english, russian = STATUS[status]
        self.tell(f"the panel shows it {english}", f"панель показывает: {russian}")

    def operate(self, command, result="gone"):
        self.panel.call("sandbox.operation", item=self.item, command=command)
        expect(self.tick(), {command: result}, "the panel")

    def remote(self):
        return self.provider.get("state")["domains"][0]

    def charges(self):
        return [row["kind"] for row in self.provider.get("ledger")]

    def item_row(self):
        return next(row for row in self.panel.rows("domain") if int(row["id"]) == self.item)

    # -- the day ---------------------------------------------------------------------------------------------------

    def set_up(self):
        with self.step("stage", "A panel and a provider start on this machine", "На этой машине запускаются панель и поставщик"):
            self.panel = Panel.make(PLACE / "mgr5")
            self.provider = Provider(PLACE / "upstream", "--tls", "--password", PASSWORD)
            (PLACE / "upstream.pid").write_text(str(self.provider.process.pid))
            self.tell(f"panel {self.panel.root}", f"панель {self.panel.root}")
            self.panel.call("sandbox.set", call_options="full")  # then the module is told which language its reader speaks
            self.tell(f"provider {self.provider.url}", f"поставщик {self.provider.url}")
        with self.step("install", "install.sh installs bill2bill into the panel", "install.sh ставит bill2bill в панель"):
            python = os.path.realpath(sys.executable)
            command = [HOME / "install.sh", "--root", self.panel.root, "--wheels", HOME / ".cache" / "wheels", "--python", python]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            if done.returncode:
                raise Broken(done.stdout + done.stderr)
            (self.panel.root / "etc" / "bill2bill.conf").write_text("pace 20  # the sandbox may be asked quickly\n")

    def connection(self, password):
        fields = {"url": self.provider.url, "username": "reseller", "project": "*.ru-tld.ru (Domains)", "ca_file": self.provider.ca_file}
        fields.update(module="pmbill2billreg", type="domain", name="Provider", send_close="on", lang="ru" if RUSSIAN else "en")
        return self.panel.new("sandbox.module.add", {"password": password}, **fields)

    def connect(self):
        with self.step("wrong password", "A wrong password is explained", "Неверный пароль объясняется"):
            try:
                self.connection("wrong")
            except Said as answer:
                expect(answer.type, "invalid_login_or_passwd", "error")
                self.tell(f"the panel says: {answer.text}", f"панель говорит: {answer.text}")
            else:
                raise Broken("a wrong password was accepted")
        with self.step("connect", "The connection is checked over TLS and saved", "Подключение проверено по TLS и сохранено"):
            self.module = self.connection(PASSWORD)
            self.panel.call("sandbox.tld.add", name="ru", whois_find_string="not exist")
            self.tariff = self.panel.new("sandbox.tariff.add", itemtype="domain", name=".RU", module=self.module, tld="ru", annually="300")

    def check_names(self):
        with self.step("check names", "Is a name free? Three names, three answers", "Свободно ли имя? Три имени, три ответа"):
            for name, wanted in ((DOMAIN, "free"), ("taken.ru", "busy"), ("html.ru", "later")):
                expect(self.panel.call("sandbox.check", domain=name).findtext("result"), wanted, name)
                words = {"free": "свободно", "busy": "занято", "later": "спросить позже"}
                self.tell(f"{name}: {wanted}", f"{name}: {words[wanted]}")

    def open(self):
        with self.step("order", f"A client orders {DOMAIN} and pays", f"Клиент заказывает {DOMAIN} и платит"):
            contact = self.panel.new("sandbox.contact.add", **CONTACT)
            servers = {"ns0": "ns1.example.net", "ns1": "ns2.example.net"}
            self.item = self.panel.new("sandbox.order", itemtype="domain", pricelist=self.tariff, period=12, domain=DOMAIN, owner=contact, **servers)
            self.panel.call("sandbox.pay", elid=self.item)
            expect(self.tick(), {"open": "kept"}, "the panel")
            expect(self.charges(), ["order"], "the provider's ledger")
            self.tell("ordered and paid once; the registry is at work", "заказано и оплачено один раз; реестр работает")
        with self.step("open", "The registry is ready: the panel's next run sees it", "Реестр готов: следующий запуск панели это видит"):
            self.provider.post("progress")
            expect(self.tick(), {"open": "gone"}, "the panel")
            expect(self.charges(), ["order"], "the provider's ledger")
            self.shows("2")
            self.tell(f"active until {self.item_row()['real_expiredate']}", f"активен до {self.item_row()['real_expiredate']}")

    def renew(self):
        with self.step("renew", "The client renews for a year", "Клиент продлевает на год"):
            before = self.remote()["expire"]
            self.operate("prolong", "kept")
            self.provider.post("progress")
            expect(self.tick(), {"prolong": "gone"}, "the panel")
            expect(self.charges(), ["order", "renew"], "the provider's ledger")
            self.tell(f"{before} → {self.remote()['expire']} at the provider", f"{before} → {self.remote()['expire']} у поставщика")

    def daily_life(self):
        with self.step("name servers", "The client changes the name servers", "Клиент меняет серверы имён"):
            self.panel.call("sandbox.change", item=self.item, ns0="ns3.example.net", ns1="ns4.example.net")
            expect(self.tick(), {"update_ns": "gone"}, "the panel")
            expect(self.remote()["ns"], ["ns3.example.net", "ns4.example.net"], "name servers at the provider")
            self.tell("read back: ns3.example.net ns4.example.net", "прочитано обратно: ns3.example.net ns4.example.net")
        with self.step("suspend", "The service is suspended", "Услуга приостановлена"):
            self.operate("suspend")
            self.shows("3")
        with self.step("resume", "The service is resumed", "Услуга возобновлена"):
            self.operate("resume")
            self.shows("2")

    def lose_an_answer(self):
        english = "Another renewal, and this time the provider charges but its answer is lost"
        with self.step("lost answer", english, "Ещё одно продление: поставщик списывает деньги, но его ответ теряется"):
            self.provider.post("faults", func="domain.renew", kind="cut_after")
            self.operate("prolong", "kept")
            self.tell("the panel repeats, bill2bill looks instead of paying again", "панель повторяет, bill2bill смотрит, а не платит снова")
            expect(self.tick(), {"prolong": "kept"}, "the panel")
            self.provider.post("progress")
            expect(self.tick(), {"prolong": "gone"}, "the panel")
            expect(self.charges(), ["order", "renew", "renew"], "the provider's ledger")
            self.tell("charged once, found, reported", "списано один раз, найдено, доложено")

    def close(self):
        with self.step("close", "The service is closed: it will not be renewed", "Услуга закрыта: продлеваться не будет"):
            self.operate("close")
            self.shows("4")

    # -- the judgement ---------------------------------------------------------------------------------------------

    def judge(self):
        """One charge at the provider for each operation that the panel was told about, by the files of both."""
        done = [call["func"] for call in self.panel.calls() if call["func"] in ("domain.open", "service.postprolong") and not call.get("error")]
        told = {"order": done.count("domain.open"), "renew": done.count("service.postprolong")}
        charged = {kind: self.charges().count(kind) for kind in told}
        listed = [str(self.panel.root / "sbin" / "bill2bill"), "journal", "list", "--state", "in doubt", "--json"]
        in_doubt = len(json.loads(subprocess.run(listed, capture_output=True, text=True, check=True).stdout))
        doubles = sum(max(0, charged[kind] - told[kind]) for kind in told)
        return {"purchases": sum(charged.values()), "doubles": doubles, "in_doubt": in_doubt}, charged == told and not in_doubt

    def show(self):
        ledger = "Книга поставщика" if RUSSIAN else "The provider's ledger"
        items = "Услуги панели" if RUSSIAN else "The panel's items"
        self.say(f"\n{ledger}")
        for row in self.provider.get("ledger"):
            self.say(f"    {row['kind']:6} {row['name']:14} {row['amount']:>8} {row['currency']}  {row['time'][:19]}")
        self.say(items)
        for row in self.panel.rows("domain"):
            self.say(f"    {row['id']:>4}   {row['domain']:14} {STATUS[row['status']][RUSSIAN]:>8}  {row['real_expiredate']}")


def stop_the_last_one():
    """A rehearsal that was kept is replaced."""
    try:
        os.kill(int((PLACE / "upstream.pid").read_text()), signal.SIGTERM)
    except (OSError, ValueError):
        return


def main():
    parser = argparse.ArgumentParser(description="Do the main job in the sandbox.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")
    parser.add_argument("--keep", action="store_true", help="leave the panel and the provider running")
    options = parser.parse_args()
    stop_the_last_one()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    day = Rehearsal(options.json)
    ledger, held = {"purchases": 0, "doubles": 0, "in_doubt": 0}, False
    try:
        for part in (day.set_up, day.connect, day.check_names, day.open, day.renew, day.daily_life, day.lose_an_answer, day.close):
            part()
        ledger, held = day.judge()
        day.show()
    except Broken as broken:
        day.say(f"\n✗ {broken}")
    files = {"ledger": PLACE / "upstream" / "ledger.jsonl", "requests": PLACE / "upstream" / "requests.jsonl"}
    files["mgrctl"] = PLACE / "mgr5" / "var" / "sandbox" / "mgrctl.jsonl"
    if options.json:
        found = {name: str(path) for name, path in files.items()}
        print(json.dumps({"ok": held, "journeys": {"domain": day.steps}, "ledger": ledger, "files": found}, ensure_ascii=False))
    day.say(f"\n{ledger['purchases']} {'покупки, лишних' if RUSSIAN else 'purchases, doubles'} {ledger['doubles']}, "
            f"{'под вопросом' if RUSSIAN else 'in doubt'} {ledger['in_doubt']}: {'✓' if held else '✗'}")  # fmt: skip
    finish(day, options.keep)
    return 0 if held else 1


def finish(day, keep):
    if day.provider is None:
        return
    if keep:
        day.say(f"\n{day.panel.root}/sbin/mgrctl -m billmgr -i   {day.provider.control}ledger   kill {day.provider.process.pid}")
    else:
        day.provider.stop()


if __name__ == "__main__":
    sys.exit(main())

"""Panels of the release before, stopped in the middle of a purchase: put into a place, gone on with, and what
came of it.

A case has three files: what the release before did next (JSON, to be read), what the panel and the providers
knew, and the journal as that release left it. script/make-journal-fixtures makes them. This module runs under
both releases: it reads no code of the product, and it is the only one that writes SQL into a journal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import lzma
import re
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from contextlib import closing, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

HERE = Path(__file__).resolve().parents[2]
CASES = HERE / "tests" / "fixtures" / "release-0.1.0"
USER, PASSWORD = "reseller", "secret"
# What a place has of its own, or what is learned again: keys and addresses, secrets under the panel's key.
OWN_TABLES = (
    "processingparam",
    "processingcryptedparam",
    "itemcryptedparam",
    "sandbox_xml",
    "sandbox_setting",
)
SPENDING = (
    "domain.order.4",
    "domain.renew",
    "v2.vds.order.param",
    "vds.order.param",
    "service.prolong",
    "vds.edit",
    "service.changepricelist.getmoney",
)
TIMES = frozenset(["sent", "created", "changed", "at", "taken", "since"])  # REAL columns of the journal
MOMENT = re.compile(r"\b(20\d\d-\d\d-\d\d)( \d\d:\d\d:\d\d)?")
MASKED = {"birthdate": "1980-01-31", "passport_date": "2005-02-28"}
# While a case is gone on with; the matrix has its own. Nothing is late then but the machine itself.
OPTIONS = {
    "settle": 600,
    "overdue": 86400,
    **dict.fromkeys(("read_timeout", "spend_timeout", "connect_timeout", "item_wait", "panel_wait"), 30),
}
AGES = {"at once": 5.0, "settled": 700.0, "overdue": 90000.0}  # seconds since the last request left
TICKS = 3  # after the first one: with the provider's own work done in between

# -- what this release calls otherwise ---------------------------------------------------------

# Question codes of the release before -> codes that stand for it. What is not named is called as before.
QUESTIONS: Mapping[str, Tuple[str, ...]] = {
    **dict.fromkeys(
        ("in_doubt_open", "in_doubt_prolong", "in_doubt_changepricelist", "in_doubt_setparam"),
        ("in_doubt_bought",),
    ),
    **dict.fromkeys(
        ("in_doubt_told", "in_doubt_lost", "in_doubt_older", "in_doubt_moved"), ("in_doubt_same_renewal",)
    ),
    "in_doubt_item": ("in_doubt_same_item",),
}
# Case -> the case that it ends like now, which is better than it ended before.
BETTER: Mapping[str, str] = {
    # a purchase that only could not be looked up is settled by the next look, whatever operation continues it
    f"in-doubt-{kind}-not-looked-up-not-done-recreated": f"in-doubt-{kind}-not-looked-up-not-done"
    for kind in ("domain-open", "domain-prolong", "server-open", "server-prolong")
}


class Here(NamedTuple):
    """What stands for this place in both files and is another in the next place."""

    root: str
    machine: str
    installation: str
    urls: Dict[str, str]  # dialect -> address of the API
    boot: str
    seconds: float  # since the machine was started
    at: float  # since the epoch
    settings: Mapping[str, str] = {}  # dialect -> digest of the login's settings, under the panel's key


def here(place: Any) -> Here:
    pem = (place.root / "etc" / "billmgr.pem").read_bytes()
    key = hashlib.sha256(b"bill2bill installation\0" + pem).digest()
    machine = ""
    with suppress(OSError):
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return Here(
        str(place.root),
        machine,
        hashlib.sha256(b"id\0" + key).hexdigest()[:8],
        {dialect: site.url for dialect, site in place.sites.items()},
        boot,
        time.clock_gettime(time.CLOCK_BOOTTIME),
        time.time(),
        {dialect: _settings(key, site.url) for dialect, site in place.sites.items()},
    )


def _settings(key: bytes, url: str) -> str:
    return hmac.new(key, json.dumps([url, USER, PASSWORD]).encode(), hashlib.sha256).hexdigest()


def day_of(at: float) -> date:
    """The panel's dates are local."""
    return datetime.fromtimestamp(at).astimezone().date()


def login(url: str, user: str = USER) -> str:
    """How the release before calls a login in its journal."""
    return hashlib.sha256(f"{url}\n{user}".encode()).hexdigest()[:16]


class Words:
    """Text of one place in the words of another one. Moments move with the clock, less `age` seconds."""

    def __init__(self, old: Here, new: Here, age: float) -> None:
        self.seconds = new.at - old.at - age
        self.uptime = new.seconds - old.seconds - age
        self.days = (day_of(new.at) - day_of(old.at)).days
        pairs = [(old.boot, new.boot), (old.machine, new.machine), (old.installation, new.installation)]
        pairs += [(digest, new.settings[dialect]) for dialect, digest in old.settings.items()]
        for dialect, url in old.urls.items():
            now = new.urls[dialect]
            for was, is_now in ((url, now), (elsewhere(url), elsewhere(now))):
                pairs += [(login(was), login(is_now)), (was, is_now)]
        self._pairs = [(was, is_now) for was, is_now in (*pairs, (old.root, new.root)) if was]

    def text(self, value: str) -> str:
        for number, (was, _) in enumerate(self._pairs):
            value = value.replace(was, f"\0{number}\0")
        for number, (_, is_now) in enumerate(self._pairs):
            value = value.replace(f"\0{number}\0", is_now)
        return MOMENT.sub(self._moment, value)

    def _moment(self, found: re.Match[str]) -> str:
        if found[2]:
            # The panel's moments have whole seconds. A second earlier, for the release before took an
            # operation of the very second of its purchase for an older one, and the present one asks.
            then = datetime.fromisoformat(found[0]) + timedelta(seconds=self.seconds - 1)
            return then.strftime("%Y-%m-%d %H:%M:%S")
        return (date.fromisoformat(found[1]) + timedelta(days=self.days)).isoformat()

    def data(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.data(one) for name, one in value.items()}
        return [self.data(one) for one in value] if isinstance(value, list) else value


def elsewhere(url: str) -> str:
    """The same provider under another spelling: another login for the release before."""
    return url.replace("127.0.0.1", "localhost")


# -- taking --------------------------------------------------------------------------------------------------


def taken(place: Any, posts: Mapping[str, List[Tuple[int, str, Any]]]) -> Tuple[Dict[str, Any], bytes]:
    """What both sides know now, and the journal's file ("" if there is none). posts: control calls of each
    provider, with the number of requests before.
    """
    place.end()
    journal = place.root / "var" / "bill2bill" / "state.sqlite3"
    found = {
        "here": here(place)._asdict(),
        "panel": _changed(place),
        "providers": {dialect: _played(site, posts[dialect]) for dialect, site in place.sites.items()},
        "purchases": [
            {name: value for name, value in row.items() if value not in (None, "")}
            for row in place.journal("SELECT * FROM purchase ORDER BY id")
        ],
        "steps": place.journal("SELECT * FROM step ORDER BY rowid"),
    }
    if not journal.exists():
        return found, b""
    with closing(sqlite3.connect(str(journal))) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return found, journal.read_bytes()


def _changed(place: Any) -> Dict[str, Any]:
    """Rows of the panel's tables that are not those of a new place."""
    now, before = place.root / "var" / "sandbox" / DATABASE, place.folder / "var" / "sandbox" / DATABASE
    found: Dict[str, Any] = {}
    for table in _tables(now):
        if table in OWN_TABLES or table == "sqlite_sequence":
            continue
        old = {row["id"]: row for row in _rows(before, table)}
        new = {row["id"]: row for row in _rows(now, table)}
        rows = [row for number, row in new.items() if row != old.get(number)]
        gone = sorted(set(old) - set(new))
        if rows or gone:
            found[table] = {
                "rows": [{n: v for n, v in row.items() if v is not None} for row in rows],
                "gone": gone,
            }
    numbers = {row["name"]: row["seq"] for row in _rows(now, "sqlite_sequence")}
    return {"tables": found, "numbers": {name: numbers[name] for name in found if name in numbers}}


DATABASE = "billmgr.sqlite3"


def _tables(path: Path) -> List[str]:
    with closing(sqlite3.connect(str(path))) as db:
        return [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]


def _rows(path: Path, table: str) -> List[Dict[str, Any]]:
    with closing(sqlite3.connect(str(path))) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f"SELECT * FROM {table}")]


def _played(site: Any, posts: List[Tuple[int, str, Any]]) -> Dict[str, Any]:
    """What happened at a provider, to be played again: control calls and the requests that it carried out."""
    calls: List[Dict[str, Any]] = []
    left = list(posts)
    for number, row in enumerate(site.get("requests")):
        while left and left[0][0] <= number:
            calls.append({"control": left[0][1], "data": left.pop(0)[2]})
        if _acts(row):
            calls.append({"func": row["func"], "params": row["params"]})
    calls += [{"control": name, "data": data} for _, name, data in left]
    expires = {
        str(row["id"]): row["expiredate"]
        for row in site.get("state").get("services", [])
        if "expiredate" in row
    }
    return {"calls": calls, "expires": expires, "ledger": _bought(site)}


def _acts(row: Mapping[str, Any]) -> bool:
    return (
        row["params"].get("sok") == "ok"
        and not row["func"].endswith(".filter")
        and not row["outcome"].startswith(("error", "not carried out", "web site"))
    )


# -- putting back --------------------------------------------------------------------------------------------


SIDES = ("here", "panel", "providers")  # long, and nobody reads them


class Case(NamedTuple):
    name: str
    data: Dict[str, Any]
    journal: bytes

    @property
    def variants(self) -> List[str]:
        return sorted(self.data["expected"])


def names(folder: Path = CASES) -> List[str]:
    return sorted(path.stem for path in folder.glob("*.json"))


def read(name: str, folder: Path = CASES) -> Case:
    told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    sides = json.loads(lzma.decompress((folder / f"{name}.sides.json.xz").read_bytes()))
    path = folder / f"{name}.sqlite3.xz"
    return Case(name, {**told, **sides}, lzma.decompress(path.read_bytes()) if path.exists() else b"")


def write(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = {name: value for name, value in case.data.items() if name not in SIDES}
    (folder / f"{case.name}.json").write_text(_lines(told), encoding="utf-8")
    sides = json.dumps({name: case.data[name] for name in SIDES}, ensure_ascii=False, sort_keys=True)
    (folder / f"{case.name}.sides.json.xz").write_bytes(lzma.compress(sides.encode(), preset=9))
    if case.journal:
        (folder / f"{case.name}.sqlite3.xz").write_bytes(lzma.compress(case.journal, preset=9))


def _lines(told: Mapping[str, Any]) -> str:
    """JSON with a line for each row and each variant."""

    def compact(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def block(value: Any) -> str:
        if isinstance(value, dict) and value:
            return (
                "{\n  "
                + ",\n  ".join(f"{compact(name)}: {compact(one)}" for name, one in value.items())
                + "\n }"
            )
        if isinstance(value, list) and value:
            return "[\n  " + ",\n  ".join(map(compact, value)) + "\n ]"
        return compact(value)

    return "{\n " + ",\n ".join(f"{compact(name)}: {block(told[name])}" for name in sorted(told)) + "\n}\n"


def put_back(place: Any, case: Case, age: float) -> None:
    """Into a place that was reset: as if the case had been taken `age` seconds ago."""
    words = Words(Here(**case.data["here"]), here(place), age)
    for dialect, played in case.data["providers"].items():
        _play(place.sites[dialect], played, words)
    _plant(place.root / "var" / "sandbox" / DATABASE, case.data["panel"], words)
    if case.data.get("elsewhere"):
        _move_away(place, case.data["elsewhere"])
    if case.journal:
        put_journal(place.root / "var" / "bill2bill", case.journal, words)


def _play(site: Any, played: Mapping[str, Any], words: Words) -> None:
    for call in words.data(played["calls"]):
        if "control" in call:
            site.post(call["control"], **call["data"])
            continue
        params = {
            name: MASKED.get(name, "1") if value == "***" else value for name, value in call["params"].items()
        }
        params["authinfo"] = f"{USER}:{PASSWORD}"
        asks(site, params)
    for number, expires in played["expires"].items():
        if expires:  # months are of different lengths: what was bought then ends as it did
            site.post("service", id=int(number), expiredate=words.text(expires))
    if _bought(site) != played["ledger"]:
        raise RuntimeError(f"played again: {_bought(site)} instead of {played['ledger']}")


def asks(site: Any, params: Mapping[str, str]) -> None:
    """One request to a provider, whoever sends it."""
    trust = ssl.create_default_context(cafile=site.ca_file) if site.ca_file else None
    with urllib.request.urlopen(
        site.url, urllib.parse.urlencode(params).encode(), 30, context=trust
    ) as answer:
        answer.read()


def _plant(path: Path, panel: Mapping[str, Any], words: Words) -> None:
    with closing(sqlite3.connect(str(path), timeout=30)) as db, db:
        for table, found in panel["tables"].items():
            for number in found["gone"]:
                db.execute(f"DELETE FROM {table} WHERE id = ?", (number,))
            for row in words.data(found["rows"]):
                marks = ", ".join("?" for _ in row)
                db.execute(f"REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
        for table, number in panel["numbers"].items():
            db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))


def _move_away(place: Any, dialects: List[str]) -> None:
    """The connection names its provider otherwise than when the request left."""
    for dialect in dialects:
        url = place.sites[dialect].url
        place.run(("UPDATE processingparam SET value = ? WHERE value = ?", (elsewhere(url), url)))


def put_journal(folder: Path, journal: bytes, words: Words) -> None:
    """The file of the release before, at home in this place."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "state.sqlite3"
    path.touch(0o600)
    path.write_bytes(journal)
    with closing(sqlite3.connect(str(path), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        for table in _tables_of(db):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            for number, *values in db.execute(f"SELECT rowid, * FROM {table}").fetchall():
                changed = {
                    name: now
                    for name, was in zip(columns, values)
                    for now in [_later(name, was, dict(zip(columns, values)), words)]
                    if now != was
                }
                if changed:
                    marks = ", ".join(f"{name} = ?" for name in changed)
                    db.execute(f"UPDATE {table} SET {marks} WHERE rowid = ?", (*changed.values(), number))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _tables_of(db: sqlite3.Connection) -> Iterator[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    yield from [name for (name,) in found]


def _later(name: str, value: Any, row: Mapping[str, Any], words: Words) -> Any:
    if isinstance(value, str):
        return words.text(value)
    if value is None or value == 0:
        return value
    if name == "uptime":
        return value + words.uptime
    return value + words.seconds if name in TIMES and isinstance(value, float) else value


# -- going on ------------------------------------------------------------------------------------------------


def went_on(place: Any, case: Case, variant: str) -> Dict[str, Any]:
    """Put a case back, go on with it as `variant` says, and tell what came of it.

    variant: an age of AGES, or an answer to the question of a purchase: "7 absent", "7 exists 10501".
    """
    place.reset(cold=False)
    put_back(place, case, AGES.get(variant, AGES["settled"]))
    _options(place, OPTIONS)
    tasks = len(place.rows("SELECT id FROM task"))
    sent = _sent(place)
    answered: Optional[Dict[str, Any]] = None
    if variant not in AGES:
        answered = _answer(place, variant)
    _restart(place)
    first = [_run(row) for row in place.call("sandbox.tick").findall("elem")]
    at_first = ends(place)
    for _ in range(TICKS):
        if not place.rows("SELECT id FROM runningoperation WHERE manual <> 'on'"):
            break
        for site in place.sites.values():
            site.post("progress")
        place.call("sandbox.tick")
    found = {
        "answer": answered,
        "runs": first,
        "first": at_first,
        "last": _unlike(at_first, ends(place)),
        "requests": {
            name: number - sent.get(name, 0)
            for name, number in _sent(place).items()
            if number != sent.get(name)
        },
        "tasks": len(place.rows("SELECT id FROM task")) - tasks,
    }
    place.end()
    return found


def _unlike(first: Dict[str, Any], last: Dict[str, Any]) -> Dict[str, Any]:
    """What is otherwise in the end; all of it where anything is."""
    return {name: value for name, value in last.items() if value != first[name]}


def last(expected: Mapping[str, Any]) -> Dict[str, Any]:
    return {**expected["first"], **expected["last"]}


def _options(place: Any, changes: Mapping[str, object]) -> None:
    path = place.root / "etc" / "bill2bill.conf"
    kept = dict(line.split(" ", 1) for line in path.read_text(encoding="utf-8").splitlines() if line)
    text = "".join(f"{name} {value}\n" for name, value in {**kept, **changes}.items())
    path.write_text(text, encoding="utf-8")


def _restart(place: Any) -> None:
    """A person starts again what waits for one."""
    for row in place.rows("SELECT id FROM runningoperation WHERE manual = 'on' ORDER BY id"):
        place.call("sandbox.restart", elid=row["id"])


def _run(row: ET.Element) -> Dict[str, Any]:
    code = re.search(r"Type: '([^']*)'", row.findtext("error") or "")
    return {
        "item": int(row.findtext("item") or 0),
        "command": row.findtext("command"),
        "result": row.findtext("result"),
        "status": row.findtext("code"),
        "code": code[1] if code else "",
    }


def _answer(place: Any, variant: str) -> Dict[str, Any]:
    """`bill2bill journal resolve`: its exit status, and the code of its refusal."""
    number, answer, *remote = variant.split()
    home = str(Path(sys.modules[type(place).__module__].__file__ or "").resolve().parents[2])
    code = f"import sys; sys.path.insert(0, {home!r}); from bill2bill.admin.cli import main; main()"
    words = [
        "journal",
        "resolve",
        number,
        f"--{answer}",
        *remote,
        "--why",
        "compared",
        "--root",
        str(place.root),
    ]
    done = subprocess.run(
        [sys.executable, "-IXutf8", "-c", code, *words],
        env={"PATH": "/usr/bin:/bin", "LANG": "C", "USER": "keeper"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if "Traceback" in done.stderr:
        raise RuntimeError(done.stderr)
    return {"status": done.returncode}


def ends(place: Any) -> Dict[str, Any]:
    """What the provider has charged, and what the panel knows: numbers and names that do not depend on the
    place or the day.
    """
    items = place.rows(
        "SELECT id, status, pricelist FROM item WHERE parent IS NULL AND status <> 1 ORDER BY id"
    )
    params = place.rows(
        "SELECT item, intname, value FROM itemparam WHERE intname LIKE 'bill2bill%' ORDER BY item, intname"
    )
    operations = place.rows("SELECT item, intname, manual, errorxml FROM runningoperation ORDER BY id")
    return {
        "ledger": {dialect: _bought(site) for dialect, site in place.sites.items()},
        "items": {str(row["id"]): {"status": row["status"], "pricelist": row["pricelist"]} for row in items},
        "links": {f"{row['item']} {row['intname']}": _shape(row["value"]) for row in params},
        "operations": [
            {
                "item": row["item"],
                "command": row["intname"],
                "manual": row["manual"],
                "code": _code(row["errorxml"]),
            }
            for row in operations
        ],
    }


def _shape(value: str) -> str:
    """A note without its token and its dates, a link as it is."""
    return re.sub(r"id=[0-9a-f]{16};", "", MOMENT.sub("DATE", value))


def _code(errorxml: Optional[str]) -> str:
    if not errorxml:
        return ""
    error = ET.fromstring(errorxml).find("error")
    return "" if error is None else error.get("type", "")


def _bought(site: Any) -> List[str]:
    return [f"{row['kind']} {row['name']}" for row in site.get("ledger")]


def _sent(place: Any) -> Dict[str, int]:
    """How often each request that spends has arrived."""
    found: Dict[str, int] = {}
    for site in place.sites.values():
        for row in site.get("requests"):
            if row["func"] in SPENDING and row["params"].get("sok") == "ok":
                found[row["func"]] = found.get(row["func"], 0) + 1
    return found


# -- comparing -----------------------------------------------------------------------------------------------


def differences(expected: Any, found: Any, where: str = "") -> List[str]:
    """What is otherwise than under the release before; question codes may have another name by now."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            text
            for name in sorted({*expected, *found})
            for text in differences(expected.get(name), found.get(name), f"{where}.{name}" if where else name)
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            t
            for n, (old, new) in enumerate(zip(expected, found))
            for t in differences(old, new, f"{where}[{n}]")
        ]
    if isinstance(expected, str) and found in QUESTIONS.get(expected, ()):
        return []
    return [] if expected == found else [f"{where}: {found!r} instead of {expected!r}"]

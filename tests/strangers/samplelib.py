"""The small library of pmpysample: the control tool in bjson, tables by the `mysql` client, what a service
is.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

NAME = os.path.basename(sys.argv[0])


class Trouble(Exception):
    def __init__(self, kind, about="", value="", lasting=True):
        super().__init__(kind, about, value)
        self.kind, self.about, self.value, self.lasting = kind, about, value, lasting

    def document(self):
        doc = ET.Element("doc")
        error = ET.SubElement(doc, "error", {"type": self.kind, "object": self.about})
        ET.SubElement(error, "param", {"name": "value"}).text = str(self.value)
        return ET.tostring(doc, "unicode")


def note(text):
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    with open("var/" + NAME + ".log", "a", encoding="utf-8") as log:
        log.write(f"{stamp} [{os.getpid()}] {NAME} INFO {text}\n")


def panel(function, **params):
    """The panel's answer in bjson. A parameter whose name begins with secret_ goes by the environment."""
    words, env = [], dict(os.environ, SSH_CONNECTION=NAME)
    for name, value in params.items():
        if name.startswith("secret_"):
            env[name.upper()] = str(value)
            words += ["-e", f"{name[7:]}=${name.upper()}"]
        else:
            words.append(f"{name}={value}")
    done = subprocess.run(
        ["sbin/mgrctl", "-m", "billmgr", function, "out=bjson", *words], capture_output=True, env=env
    )
    note(f"panel: {function}")
    if done.returncode:
        raise Trouble("process", "not_zero_code", done.stderr.decode("utf-8", "replace"), lasting=False)
    answer = json.loads(done.stdout.decode("utf-8"))
    if "error" in answer:
        raise Trouble(
            answer["error"].get("type", ""),
            answer["error"].get("object", ""),
            answer["error"].get("value", ""),
            lasting=False,
        )
    return answer


def settings():
    return {name: value for row in panel("paramlist")["elem"] for name, value in row.items()}


def table(sql):
    """Rows as dictionaries. The numbers in the text are ours; a question with words of others is not asked
    here.
    """
    known = settings()
    if known.get("DBType") == "sqlite":  # the sandbox's own word, so that the sample runs there too
        import sqlite3

        base = sqlite3.connect(known["DBName"], timeout=30, isolation_level=None)
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute(sql)]
    words = [
        shutil.which("mysql") or "mariadb",
        "--no-defaults",
        "--default-character-set=utf8mb4",
        "--xml",
        "--user",
        known.get("DBUser", "root"),
    ]
    words += ["--host", known.get("DBHost", "localhost"), "--port", known.get("DBPort", "3306")]
    words += ["--socket", known["DBSocket"]] if "DBSocket" in known else []
    words += ["-e", sql, known.get("DBName", "billmgr")]
    done = subprocess.run(
        words, stdout=subprocess.PIPE, env=dict(os.environ, MYSQL_PWD=known.get("DBPassword", "")), check=True
    )
    rows = ET.fromstring(done.stdout.decode("utf-8")).findall("row") if done.stdout else []
    return [
        {field.get("name"): None if len(field.attrib) > 1 else field.text or "" for field in row}
        for row in rows
    ]


def decrypted(value):
    """With the panel's key, by the openssl that every server has."""
    key = settings().get("CryptKey", "etc/billmgr.pem")
    words = ["openssl", "pkeyutl", "-decrypt", "-inkey", key, "-pkeyopt", "rsa_padding_mode:pkcs1"]
    return (
        subprocess.run(
            words, input=base64.b64decode(value), stdout=subprocess.PIPE, check=True
        ).stdout.decode("utf-8")
        if value
        else ""
    )


class Item:
    def __init__(self, number):
        columns = (
            "i.id, i.status, i.period, i.expiredate, i.pricelist, i.lastpricelist, i.processingmodule,"
            " p.intname AS plan"
        )
        found = table(
            f"SELECT {columns} FROM item i JOIN pricelist p ON p.id = i.pricelist WHERE i.id = {int(number)}"
        )
        if not found:
            raise Trouble("missed", "item", number)
        self.row = found[0]
        self.id = int(self.row["id"])
        self.params = {
            row["intname"]: row["value"]
            for row in table(f"SELECT intname, value FROM itemparam WHERE item = {self.id}")
        }

    @property
    def server(self):
        return self.params.get("serverid", "")

    def plan(self):
        """What the tariff plan's own settings say, else its internal name."""
        sql = (
            f"SELECT value FROM pricelistparam WHERE pricelist = {int(self.row['pricelist'])} AND intname ="
            " 'remote_plan'"
        )
        found = table(sql)
        return found[0]["value"] if found else self.row["plan"]

    def addons(self):
        sql = (
            "SELECT p.intname, p.addontype, p.addonlimit AS included, p.addonbool AS usual, a.addonlimit,"
            " a.intvalue, a.boolvalue, e.intname AS chosen, d.intname AS first FROM pricelist p LEFT JOIN"
            f" item a ON a.pricelist = p.id AND a.parent = {self.id} LEFT JOIN enumerationitem e ON e.id ="
            " a.enumerationitem LEFT JOIN enumerationitem d ON d.id = p.enumerationitem WHERE p.parent ="
            f" {int(self.row['pricelist'])} AND p.active = 'on' AND p.billtype NOT IN (4, 10)"
        )
        found = {}
        for row in table(sql):
            kind = int(row["addontype"])
            if kind == 3:
                found[row["intname"]] = row["chosen"] or row["first"]
            elif kind == 1:
                found[row["intname"]] = row["boolvalue"] or row["usual"]
            else:
                found[row["intname"]] = int(row["addonlimit"] or row["included"] or 0) + int(
                    row["intvalue"] or 0
                )
        return found

    def free_addresses(self):
        sql = (
            "SELECT ip.id FROM ip JOIN item a ON a.id = ip.item JOIN pricelist p ON p.id = a.pricelist JOIN"
            f" itemtype t ON t.id = p.itemtype WHERE a.parent = {self.id} AND t.intname = 'ip' AND ip.status"
            " = 1 ORDER BY ip.id"
        )
        return [row["id"] for row in table(sql)]

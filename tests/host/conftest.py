"""A shop for every test that wants one: the panel is made once and copied, the provider is one process and
reset.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
from unittest import mock

import pytest
from kit import warm
from kit.provider import Provider
from kit.reseller_host import HostDomainReseller, HostServerReseller, sells_domains, sells_servers

from bill2bill.host import log
from bill2bill.host.mgrctl import Mgrctl
from bill2bill.sandbox.host.mgrctl import main as sandbox_mgrctl
from bill2bill.upstream import http


@pytest.fixture(scope="session")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("provider")) as up:
        yield up


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory, provider):
    root = tmp_path_factory.mktemp("template") / "mgr5"
    sells_domains(root, provider)
    return root


@pytest.fixture(scope="session")
def provider6(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("provider6"), "--dialect", "6") as up:
        yield up


@pytest.fixture(scope="session")
def servers_template(tmp_path_factory, provider6):
    root = tmp_path_factory.mktemp("template6") / "mgr5"
    sells_servers(root, provider6)
    return root


@pytest.fixture
def quiet_log():
    """The module's log and its secrets are of one process; here many runs share one."""
    logger = logging.getLogger("bill2bill")
    log._secrets.clear()
    yield
    log._secrets.clear()
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


A_PROCESS_EACH = Mgrctl._run


def mgrctl_here(self, func, argv, environment):
    """The sandbox's mgrctl with the same words and environment, but without the start of a process, which
    takes most of a test's time.
    """
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    words = [os.fsdecode(word) for word in argv]
    its_environment = mock.patch.dict(
        os.environ, {name: os.fsdecode(value) for name, value in environment.items()}, clear=True
    )
    with its_environment, mock.patch.object(sys, "stdout", out), mock.patch.object(sys, "stderr", err):
        code = sandbox_mgrctl(str(self._root), words[1:])
    return code, out.buffer.getvalue(), err.getvalue().encode()


@pytest.fixture
def shop(shop_template, provider, tmp_path, monkeypatch, quiet_log):
    """Domains: a panel of one's own, its logs and the module's state empty, and a provider as on its first
    day. Repetitions do not wait.

    With the fixture `processes` each call of mgrctl is a process, as on a panel.
    """
    made = HostDomainReseller(opened(shop_template, tmp_path, provider, monkeypatch), provider)
    yield made
    made.db.close()


@pytest.fixture
def servers(servers_template, provider6, tmp_path, monkeypatch, quiet_log):
    """The same for servers."""
    made = HostServerReseller(opened(servers_template, tmp_path, provider6, monkeypatch), provider6)
    yield made
    made.db.close()


def opened(template, tmp_path, provider, monkeypatch):
    monkeypatch.setattr(Mgrctl, "_run", mgrctl_here)
    monkeypatch.setattr(http, "wait_before", lambda tries: 0.0)
    root = tmp_path / "mgr5"
    shutil.copytree(template, root, ignore=shutil.ignore_patterns("bill2bill", "*.jsonl", "*.log"))
    warm.executables(root)
    (root / "etc/billmgr.conf.d/db.conf").write_text(
        f"DBType sqlite\nDBName {root}/var/sandbox/billmgr.sqlite3\n"
    )
    provider.reset()
    return root


@pytest.fixture
def bare(tmp_path, quiet_log):
    """A folder where a panel ought to be: no database, no key, no mgrctl."""
    root = tmp_path / "mgr5"
    (root / "processing").mkdir(parents=True)
    return root


@pytest.fixture
def processes(monkeypatch):
    monkeypatch.setattr(Mgrctl, "_run", A_PROCESS_EACH)

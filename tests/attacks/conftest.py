"""Both modules: one provider, one middleman and one panel for each in a worker; every test gets a panel of
its own and an honest middleman.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest
from kit.wire import Middleman

from .stages import KINDS, PROCESSING, Kind, Stage, build, copied, provider, rich


@pytest.fixture(scope="session", params=KINDS, ids=str)
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind.name).resolve()
    up = provider(kind, folder / "provider")
    man = Middleman(up.url, folder)
    try:
        yield build(kind, folder / "mgr5", up, man)
    finally:
        man.close()
        up.stop()


@pytest.fixture
def stage(template: Stage, tmp_path: Path) -> Stage:
    template.man.honest()
    if (
        template.kind is PROCESSING
    ):  # copies of one panel would send the same marks; a registrar's contacts have to stay
        template.up.post("reset")
    rich(template)
    return copied(template, tmp_path.resolve() / "mgr5")

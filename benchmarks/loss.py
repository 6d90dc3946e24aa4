"""What lost requests cost: the same purchases twice, without loss and with every tenth request lost.

    python benchmarks/loss.py [--json] [--purchases N] [--seed S] [--loss P]

Half of the lost requests never arrive, of the other half only the answer is lost: purchases, looks and files
alike. Both modules buy from sandbox providers, driven by the panel's repeats until every operation is over.
Counted are the requests that the provider got, and what it charged. Exit status 1 if a limit is missed.
README.md beside this file says more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Tuple, Type

from modules import Domains, Servers
from rehearsal import HOME, Module, Rehearsal

LIMIT = 1.15  # times the requests that the same purchases take without loss, when a tenth is lost
SETTLE, PAUSE = 2.0, 1.0  # seconds; on a panel 600 and about 300: two repeats until a look may prove absence
MOST_REPEATS = 60  # of one operation
Figure = Dict[str, Any]


class Uninstalled(Rehearsal):
    """The modules as they stand in the source, for only requests are counted."""

    def _install(self) -> None:
        for folder, executable in (
            ("registrar_module", Domains.executable),
            ("processing", Servers.executable),
        ):
            script = (HOME / folder / executable).read_text(encoding="utf-8").split("\n", 1)[1]
            path = self.panel.root / "processing" / executable
            path.write_text(
                f"#!{sys.executable} -IXutf8\nimport sys; sys.path.insert(0, {str(HOME)!r})\n{script}",
                encoding="utf-8",
            )
            path.chmod(0o755)
            described = f"etc/xml/billmgr_mod_{executable}.xml"
            (self.panel.root / described).write_bytes((HOME / described).read_bytes())
        self.settings(f"settle {SETTLE}")


class Purchases:
    """N purchases of one module, of each kind alike, and what the provider saw of them."""

    def __init__(self, module: Module, number: int, seed: int) -> None:
        self.module, self.provider, self.panel, self.seed = module, module.provider, module.panel, seed
        self.kinds = [KINDS[type(module)][each % len(KINDS[type(module)])] for each in range(number)]

    def made(self, loss: float) -> Figure:
        """Everything that the purchases need is there before the first request is lost; from then on all are
        lost alike.
        """
        items = [self.module.ordered() if kind == "open" else self.module.bought() for kind in self.kinds]
        requests, ledger = len(self.provider.get("requests")), len(self.provider.get("ledger"))
        if loss:
            self._lose(loss)
        runs = [self._until_over(kind, item) for kind, item in zip(self.kinds, items)]
        asked, charged = self.provider.get("requests")[requests:], self.provider.get("ledger")[ledger:]
        return {
            "requests": len(asked), "lost": sum(row["fault"] is not None for row in asked), "runs": sum(runs),
            "waiting": len(self.panel.rows("runningoperation")), "charges": len(charged),
            "twice": sum(times > 1 for times in Counter((row["name"],
                row["kind"]) for row in charged).values()),
            "charged": Counter((row["kind"], row["amount"]) for row in charged),
            "functions": Counter(row["func"] for row in asked),
        }  # fmt: skip

    def _lose(self, loss: float) -> None:
        """Half of it before the request is carried out, and as much after, of what the first half
        has left.
        """
        for seed, (when, chance) in enumerate((("before", loss / 2), ("after", loss / 2 / (1 - loss / 2)))):
            self.provider.post(
                "faults",
                func="*",
                kind="cut",
                when=when,
                sticky=True,
                chance=chance,
                seed=2 * self.seed + seed,
            )

    def _until_over(self, kind: str, item: int) -> int:
        """How often the panel ran the operation. One that became a person's stays on the panel."""
        self._begin(kind, item)
        for run in range(1, MOST_REPEATS + 1):
            if "kept" not in [row["result"] for row in self.panel.rows("sandbox.tick")]:
                return run
            time.sleep(PAUSE)
        return MOST_REPEATS

    def _begin(self, kind: str, item: int) -> None:
        if kind == "tariff" and isinstance(self.module, Servers):
            self.panel.new("sandbox.operation", item=item, command="setparam", pricelist=self.module.large)
        else:
            self.module.operation(kind, item)


KINDS: Dict[Type[Module], Tuple[str, ...]] = {
    Domains: ("open", "prolong"),
    Servers: ("open", "prolong", "setparam", "tariff"),
}


def main(argv: List[str]) -> int:
    parser = argparse.ArgumentParser(description="Measure what lost requests cost.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--purchases",
        type=int,
        default=120,
        help="purchases of each module in each of the two runs (default 120)",
    )
    parser.add_argument("--seed", type=int, default=1, help="which requests are lost (default 1)")
    parser.add_argument(
        "--loss", type=float, default=0.10, help="the probability with which a request is lost (default 0.10)"
    )
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bill2bill-") as folder:
        stage = Uninstalled(Path(folder).resolve() / "stage", tls=False)
        found = {kind.executable: compared(kind, stage, options) for kind in KINDS}
    sys.stdout.write(json.dumps(found, indent=2) + "\n" if options.json else table(found))
    return 0 if all(figure["ok"] for figure in found.values()) else 1


def compared(kind: Type[Module], stage: Rehearsal, options: argparse.Namespace) -> Figure:
    """Pairs are without and with loss. twice: purchases that were charged more than once; waiting: operations
    that were not finished.
    """
    with kind(stage) as module:
        purchases = Purchases(module, options.purchases, options.seed)
        without, lossy = purchases.made(0), purchases.made(options.loss)
    ratio, same = lossy["requests"] / without["requests"], without["charged"] == lossy["charged"]
    pairs = {
        name: [without[name], lossy[name]]
        for name in ("requests", "lost", "runs", "charges", "twice", "waiting")
    }
    functions = {
        name: [without["functions"][name], lossy["functions"][name]]
        for name in sorted({**without["functions"], **lossy["functions"]})
    }
    ok = ratio <= LIMIT and same and not lossy["twice"] and not lossy["waiting"]
    return {
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "charged_alike": same,
        "ok": ok,
        **pairs,
        "functions": functions,
    }


def table(found: Dict[str, Figure]) -> str:
    lines = []
    for executable, figure in found.items():
        lines += [
            f"{executable:42}{'without':>10}{'with loss':>10}{'ratio':>8}",
            _line("requests", figure["requests"]),
        ]
        lines += [_line(f"  {name}", pair) for name, pair in figure["functions"].items()]
        lines += [_line(name, figure[name]) for name in ("lost", "runs", "charges", "twice", "waiting")]
        verdict = "ok" if figure["ok"] else "MISSED"
        lines += [
            (
                f"{figure['ratio']} times the requests, at most {figure['limit']}; charged alike:"
                f" {figure['charged_alike']}  {verdict}"
            ),
            "",
        ]
    return "\n".join(lines) + "\n"


def _line(name: str, pair: List[int]) -> str:
    without, lossy = pair
    return f"{name:42}{without:>10}{lossy:>10}" + (f"{lossy / without:>8.2f}" if without else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

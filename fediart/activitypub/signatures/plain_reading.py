"""Whether a document, read as plain JSON, says what it says as JSON-LD.

Our readers look for plain names, as most of the fediverse does; a linked data signature is over what the names mean by
the document's own `@context`. Where these differ, whoever passed the document on may have changed what we would read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from fediart.activitypub import addressing, contexts
from fediart.activitypub.build import context

_PROOF: Final = "https://w3id.org/security#proof"
# Stricter than JSON-LD: an IRI with a bracket or a quote in it could pass for several statements in N-Quads.
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_LANGUAGE_MAPS: Final = frozenset({"contentMap", "nameMap", "summaryMap"})
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
# In these a string and a number are written alike, and only one of them is what a reader looks for.
_NATIVE_TYPES: Final = frozenset(
    _XSD + name for name in ("boolean", "decimal", "double", "float", "integer", "nonNegativeInteger")
)

# What is read beyond the bundled contexts and what we write ourselves.
_PEERS_TERMS: Final[Mapping[str, str]] = {
    "suspended": "http://joinmastodon.org/ns#suspended",
    "inReplyToAtomUri": "http://ostatus.org#inReplyToAtomUri",
    "quote": "https://w3id.org/fep/044f#quote",
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "quoteUrl": "https://www.w3.org/ns/activitystreams#quoteUrl",
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
}
_RIGHTS_TERMS: Final[Mapping[str, str]] = {
    "tdmReservation": "http://www.w3.org/ns/tdmrep#reservation",
    "tdmPolicy": "http://www.w3.org/ns/tdmrep#policy",
    "license": "http://schema.org/license",
    "usageInfo": "http://schema.org/usageInfo",
    "acquireLicensePage": "http://schema.org/acquireLicensePage",
    "copyrightNotice": "http://schema.org/copyrightNotice",
    "creditText": "http://schema.org/creditText",
    "otherConstraints": "http://ns.useplus.org/ldf/xmp/1.0/OtherConstraints",
    "dataMining": "http://ns.useplus.org/ldf/xmp/1.0/DataMining",
    "digitalSourceType": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/DigitalSourceType",
    "digestMultibase": "https://w3id.org/security#digestMultibase",
    "size": "https://joinpeertube.org/ns#size",
    "xRobotsTag": "https://w3id.org/fep/5e53#xRobotsTag",
    "SPC": "https://w3id.org/fep/5e53#SPC",
    "contentUsage": "https://w3id.org/fediart/ns#contentUsage",
}


def is_plain(expanded: Sequence[Any]) -> bool:
    """Tell whether an expanded document holds nothing that its RDF would leave out, merge or write ambiguously.

    Left out: terms that no context declares, and words where an address belongs, as the `Note` in a Tombstone's
    `formerType` (Fedify 2.3 refuses these too). Merged: graphs of their own, but for a proof, and what is said of one
    thing in several places, of which a reader sees one. Ambiguous: blank names, which are not part of what is signed.
    """
    described: set[str] = set()
    pending: list[tuple[Any, str]] = [(item, "") for item in expanded]
    while pending:
        item, of_property = pending.pop()
        if not isinstance(item, Mapping):
            return False
        if isinstance(thing := item.get("@id"), str) and len(item) > 1:
            if thing in described:
                return False
            described.add(thing)
        for name, value in item.items():
            match name:
                case "@id" | "@type":
                    names = value if isinstance(value, list) else [value]
                    if not all(isinstance(iri, str) and (_IRI.fullmatch(iri) or iri == "@json") for iri in names):
                        return False
                case "@language":
                    if not (isinstance(value, str) and _LANGUAGE.fullmatch(value)):
                        return False
                case "@value" | "@index" | "@direction":
                    pass
                case "@list":
                    pending.extend((inner, "") for inner in value)
                case "@graph":
                    if of_property != _PROOF:
                        return False
                    pending.extend((inner, "") for inner in value)
                case _:
                    if not _IRI.fullmatch(name):
                        return False
                    pending.extend((inner, name) for inner in value)
    return True


def is_same(given: Mapping[str, Any], expanded: Mapping[str, Any]) -> bool:
    """Tell whether each plain name in an object means what we take it for, and nothing we would read has another name.

    Names that we have no meaning for may mean anything.
    Trust: `expanded` is what the object expands to, and `is_plain`.
    """
    meanings = _meanings()
    said: dict[str, list[tuple[Any, str | None]]] = {}
    for term, value in sorted(given.items()):  # PyLD's order, so that several terms of one meaning line up
        if term.startswith("@") and term != "@context":
            return False
        if (meaning := meanings.get(term)) is not None:
            said.setdefault(meaning, []).extend(_values_of(term, value))
    for meaning in said.keys() | (expanded.keys() & _meant()):
        values, means = said.get(meaning, []), _flat(expanded.get(meaning))
        if len(values) != len(means):
            return False
        if not all(_is_same_value(*value, of=meaning, means=mean) for value, mean in zip(values, means, strict=True)):
            return False
    return True


def _is_same_value(value: object, language: str | None, *, of: str, means: object) -> bool:
    if of == "@id":
        return value == means
    if of == "@type":
        return isinstance(value, str) and _is_same_name(value, means)
    if not isinstance(means, Mapping):
        return False
    if "@value" in means:
        return _is_same_literal(value, means) and language in (None, str(means.get("@language")).lower())
    if isinstance(value, str):
        return means.keys() == {"@id"} and _is_same_name(value, means["@id"])
    if "@graph" in means:
        graph = means["@graph"]
        return isinstance(value, Mapping) and len(graph) == 1 and is_same(value, graph[0])
    return isinstance(value, Mapping) and language is None and is_same(value, means)


def _is_same_name(name: str, iri: object) -> bool:
    """An address is itself; a name we know must be its IRI; one we do not know may be any but those we know."""
    known = _meanings().get(name)
    if known is None and addressing.is_public(name):
        known = addressing.PUBLIC
    if known is not None and iri != name:
        return iri == known
    return iri == name or (":" not in name and iri not in _meant())


def _is_same_literal(value: object, means: Mapping[str, Any]) -> bool:
    literal, datatype = means["@value"], means.get("@type")
    if type(value) is not type(literal) or value != literal:
        return False
    return datatype is None or isinstance(value, str) != (datatype in _NATIVE_TYPES)


def _values_of(term: str, value: object) -> Iterator[tuple[Any, str | None]]:
    """Give what is written under a term, each with its language where the term has one."""
    if term in _LANGUAGE_MAPS and isinstance(value, dict):
        for language, texts in sorted(value.items()):
            yield from ((text, language.lower()) for text in _listed(texts))
    else:
        yield from ((item, None) for item in _listed(value))


def _listed(value: object) -> list[Any]:
    return [item for item in (value if isinstance(value, list) else [value]) if item is not None]


def _flat(values: object) -> list[Any]:
    """Give the values of a property, in a list or not."""
    flat: list[Any] = []
    for item in _listed(values):
        flat.extend(item["@list"] if isinstance(item, Mapping) and "@list" in item else [item])
    return flat


@cache
def _meanings() -> Mapping[str, str]:
    """Give what we take each plain name for."""
    definitions: dict[str, Any] = {}
    for url in (contexts.CID, contexts.DATA_INTEGRITY, contexts.SECURITY, contexts.ACTIVITYSTREAMS):
        definitions |= _with_scoped((contexts.find(url) or {})["@context"])
    definitions |= {**_PEERS_TERMS, **context.for_actor(_RIGHTS_TERMS)[-1], **context.for_note({})[-1]}
    return {term: _iri_of(term, definitions) for term in definitions if not term.startswith("@")}


@cache
def _meant() -> frozenset[str]:
    return frozenset(_meanings().values())


def _with_scoped(definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Give a context's definitions together with those in contexts inside it, as of a proof's members."""
    scoped: dict[str, Any] = {}
    for definition in definitions.values():
        if isinstance(definition, dict) and isinstance(definition.get("@context"), dict):
            scoped |= _with_scoped(definition["@context"])
    return scoped | dict(definitions)


def _iri_of(term: str, definitions: Mapping[str, Any]) -> str:
    definition = definitions[term]
    iri: str = definition if isinstance(definition, str) else definition.get("@id", term)
    prefix, _, rest = iri.partition(":")
    return iri if rest.startswith("//") or prefix not in definitions else _iri_of(prefix, definitions) + rest

"""Our JSON: documents as we publish them, from plain values.

Shapes follow what Mastodon, GoToSocial, Pixelfed and Misskey all read: AS2 context first, every extension term declared
inline, lists even for one element, plain strings for ids and urls, times in UTC with seconds.
"""

from fediart.activitypub.build import activity, actor, collection, context, featured, note

__all__ = ["activity", "actor", "collection", "context", "featured", "note"]

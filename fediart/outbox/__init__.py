"""The one way out: rows to our JSON, one activity per thing said, fanned out to inboxes and delivered.

`speaker` signs and stores what an actor says, in the caller's transaction; `fanout` turns it into deliveries; `deliver`
attempts them; `outcome` and `backoff` (pure) decide what an answer means. `routes` serves the documents by id.
"""

"""The one way in: authenticate, store the raw bytes, answer 202; then one job per activity.

`routes` is the door (size, type, signature, 202), `authenticate` finds out who signed, `intake` stores in groups,
`jobs` takes the stored activities one by one: `needs` of the handler is fetched with no transaction open, then one
transaction acts and settles. `handlers/` has one file per activity type, found by `registry`.
"""

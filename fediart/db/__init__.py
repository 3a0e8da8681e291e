"""The only place with SQL and with commit.

`engine` opens transactions, `tables` holds the schema, `queries` the statements by subject, `migrations` the schema's
history (Alembic), `changes` tells a process what another one committed. Callers open a transaction with
`database.read()` or `database.write()` and pass it down; nothing here opens a network connection to a peer.
"""

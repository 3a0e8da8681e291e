"""What an artist does: the use cases, each one transaction, whoever calls (command line, web, API).

A function here takes a transaction and says everything it has to say through `outbox.speaker`; it never opens a
connection. What must be fetched first is fetched by the caller.
"""

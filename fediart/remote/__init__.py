"""The only package that opens outgoing connections.

`session` sends, `guard` says where to, and `documents`, `actors`, `notes` and `webfinger` fetch what can be believed.
A function in here takes a network port or a transaction, never both.
"""

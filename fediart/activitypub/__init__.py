"""The protocol, pure: no I/O, no clock, no randomness.

Reading what peers send in every odd shape, building what we send, keys, digests, signatures and proofs, origins and
addressing, and the form of our own addresses. Everything here can be tested with values alone.
"""

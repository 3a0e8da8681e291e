"""The artist's pictures: accept a file, derive what is published, keep both.

The only package that knows libvips. Originals stay as they were given and are never served; everything that is
served is derived here, upright and without location, device or maker data. No network, no database: plain functions
that a caller runs in a thread.
"""

"""FediArt: a fediverse server that artists own."""

__version__ = "0.1.0"

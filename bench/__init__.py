"""Measurements: how fast, and in how little memory, against the barest program that does the same.

Each figure is the median of alternating rounds, FediArt and its baseline in turn, so that a busy machine slows both.
Every server, sink and load generator is a process of its own on loopback, and ends with the measurement. Nothing here
is a test: a figure that falls is for a person to judge.
"""

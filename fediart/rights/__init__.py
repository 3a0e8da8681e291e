"""The reservation of rights, and one module for each signal that carries it.

Pure: no network, no files, no clock. Each signal can `write` itself from a `Reservation` and `read` itself back as a
`Finding`, so that whoever checks a signal uses the code that made it. What each policy means in each signal is one
row of `table`; the modules only know the shape.
"""

"""Property-based tests of everything that reads files and messages of others.

Each module of `GROUPS` makes inputs of one kind, sound and damaged, with hypothesis. Whatever the
input, a reader returns, or raises its one class of error with a message of one line, see
`fuzz.target`. The test suite checks a few inputs of each kind; ``make fuzz`` checks new ones for
as long as it is told to.
"""

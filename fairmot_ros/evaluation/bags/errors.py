"""What goes wrong with bags."""


class BagError(ValueError):
    """A bag that cannot be used as asked; the message says why and what to do."""

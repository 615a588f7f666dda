"""What goes wrong with bags."""

from fairmot_ros.file_errors import FileError


class BagError(FileError):
    """A bag that cannot be used as asked; the message says why and what to do."""

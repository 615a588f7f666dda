"""One kind of error for each kind of file, whatever reading it raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class FileError(ValueError):
    """A file or message of others that cannot be used; the text is one line whatever it quotes."""

    def __init__(self, text: str) -> None:
        super().__init__(' '.join(line.strip() for line in text.splitlines()))


@contextmanager
def reading(what: str, kind: type[Exception]) -> Iterator[None]:
    """Raise `kind` instead of any exception but those of that kind.

    Damaged files make readers raise almost anything; callers are to handle one class.

    Args:
        what: begins the message, as in 'walk.mcap cannot be read'; the reason follows.
        kind: an exception that takes a message.
    """
    try:
        yield
    except kind:
        raise
    except Exception as error:
        raise kind(f'{what}: {reason_of(error)}') from error


def reason_of(error: Exception) -> str:
    """Return the first line of what an exception says, its type's name if it says nothing.

    A bare KeyError or the like says too little by itself, so its type comes first.
    """
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f'{type(error).__name__}: {text}' if isinstance(error, LookupError) else text

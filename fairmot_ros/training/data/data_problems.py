"""What is wrong with training data: told once, counted, never a reason to stop."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 10


class Problems:
    """Sentences about faulty files, in the order they came up; equal ones count once."""

    def __init__(self, sentences: Iterable[str] = ()) -> None:
        self._sentences = dict.fromkeys(sentences)

    def __len__(self) -> int:
        return len(self._sentences)

    def add(self, sentence: str) -> bool:
        """Note a sentence that names the file; returns whether it is a new one."""
        new = sentence not in self._sentences
        self._sentences[sentence] = None
        return new

    def sentences(self) -> list[str]:
        """Return all of them."""
        return list(self._sentences)

    def report(self, shown: int | None = SHOWN) -> str:
        """Return the number and the first few or all, one a line; empty if there are none."""
        if not self._sentences:
            return ''
        lines = [f'problems with the data: {len(self)}']
        lines += [f'  {sentence}' for sentence in self.sentences()[:shown]]
        if shown is not None and len(self) > shown:
            lines.append(f'  and {len(self) - shown} more')
        return '\n'.join(lines)

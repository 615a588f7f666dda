"""The sets of a training put together, with identities that count over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.readers import read_set
from fairmot_ros.training.data.sources import CutOut, Photograph, read_cut_outs
from fairmot_ros.training.data.teacher_labels import embedding_table, read_embeddings


@dataclass(frozen=True)
class SetSummary:
    """What was read from one set."""

    folder: str
    pictures: int
    boxes: int
    identities: int


@dataclass
class Mix:
    """All training pictures.

    Attributes:
        photographs: labelled pictures, repeated as often as their set's weight says.
        cut_outs: masked people, of the sets that are marked so.
        num_identities: identities are 0 to this, less one.
        summaries: what was read, set by set.
        problems: what was wrong with the labels.
    """

    photographs: list[Photograph] = field(default_factory=list)
    cut_outs: list[CutOut] = field(default_factory=list)
    num_identities: int = 0
    summaries: list[SetSummary] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)

    def looks(self, size: int) -> NDArray[np.float32] | None:
        """Return target embeddings [num_identities, size]; None without teacher embeddings.

        See `embedding_table`.
        """
        people = [
            (p.identities, p.teacher_embeddings)
            for p in self.photographs
            if p.teacher_embeddings is not None
        ]
        people += [
            (np.array([c.identity]), c.teacher_embedding[None])
            for c in self.cut_outs
            if c.teacher_embedding is not None
        ]
        if not people:
            return None
        identities, embeddings = (np.concatenate(part) for part in zip(*people))
        return embedding_table(identities, embeddings, self.num_identities, size)


def read_mix(sets: tuple[SetConfig, ...], data: Path, max_cut_out_height: int = 0) -> Mix:
    """Read the labels of all sets, in their order.

    Args:
        sets: which, and how they are to be read.
        data: folder that holds them.
        max_cut_out_height: pixels.

    Raises:
        DataError: if a set is missing.
    """
    mix = Mix()
    for part in sets:
        if part.cut_outs:
            folder = data / part.folder
            embeddings = (
                read_embeddings(folder).of_annotations if part.teacher_embeddings else None
            )
            found = read_cut_outs(
                folder, mix.num_identities, max_cut_out_height, embeddings, part.selects
            )
            mix.cut_outs += found
            count = boxes = pictures = len(found)
        else:
            photographs, count = number_identities(
                read_set(data, part, mix.problems), mix.num_identities
            )
            mix.photographs += photographs * max(1, round(part.weight))
            pictures = len(photographs)
            boxes = sum(len(p.boxes_xyxy) for p in photographs)
        mix.num_identities += count
        mix.summaries.append(SetSummary(part.folder, pictures, boxes, count))
    return mix


def number_identities(photographs: list[Photograph], first: int) -> tuple[list[Photograph], int]:
    """Let the identities of one set count from `first` on.

    Returns:
        The photographs, and how many numbers they take: as published, one more than the
        largest, whether all occur or not.
    """
    count = max((int(p.identities.max(initial=-1)) for p in photographs), default=-1) + 1
    numbered = [
        replace(p, identities=np.where(p.identities >= 0, p.identities + first, -1))
        for p in photographs
    ]
    return numbered, count

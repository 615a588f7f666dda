"""Readers of labelled pictures: a new format is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from fairmot_ros.file_errors import reading
from fairmot_ros.training.config import ConfigError, SetConfig
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.readers.coco import read_coco
from fairmot_ros.training.data.readers.crowdhuman import read_crowdhuman
from fairmot_ros.training.data.readers.jde import read_jde
from fairmot_ros.training.data.readers.mot import read_mot_sequences
from fairmot_ros.training.data.sources import DataError, Photograph

Reader = Callable[[Path, SetConfig, Problems], list[Photograph]]

# Called with the set's folder. Identities count from 0 within the set; -1 is unknown.
READERS: dict[str, Reader] = {
    'coco': read_coco,
    'crowdhuman': read_crowdhuman,
    'jde': read_jde,
    'mot': read_mot_sequences,
}


def read_set(data: Path, part: SetConfig, problems: Problems) -> list[Photograph]:
    """Read the labels of one set; faulty ones are left out and noted.

    Args:
        data: folder that holds the sets.
        part: which one, and how it is to be read.
        problems: where faulty labels are noted.

    Raises:
        ConfigError: on an unknown format, or if a list of images cannot be read.
        DataError: if there is no such set, its labels cannot be read, or no image is selected.
    """
    reader = READERS.get(part.format)
    if reader is None:
        raise ConfigError(
            f'set {part.folder}: unknown format {part.format!r}; '
            f'expected one of {", ".join(sorted(READERS))}'
        )
    with reading(f'the labels of {data / part.folder} cannot be read', DataError):
        photographs = reader(data / part.folder, part, problems)
    if part.exclude or part.only:
        photographs = without_gaps([p for p in photographs if part.selects(p.path.name)])
        if not photographs:
            raise DataError(
                f'no image of {data / part.folder} is left: check the lists of images '
                f'{", ".join(filter(None, (part.exclude, part.only)))}'
            )
    if 0 < part.limit < len(photographs):
        spread = np.linspace(0, len(photographs), part.limit, endpoint=False).astype(int)
        photographs = without_gaps([photographs[i] for i in spread])
    changed = []
    count = 0
    for photograph in photographs:
        boxes = len(photograph.boxes_xyxy)
        identities = photograph.identities
        if part.identities == 'each_box':
            identities = np.arange(count, count + boxes)
        elif part.identities == 'none':
            identities = np.full(boxes, -1)
        count += boxes
        changed.append(
            replace(
                photograph,
                identities=identities.astype(np.int64),
                aspect_range=part.aspect_range,
                clip=part.clip,
                reduce=part.reduce,
            )
        )
    return changed


def without_gaps(photographs: list[Photograph]) -> list[Photograph]:
    """Return the photographs with their identities numbered from 0 on, every number in use."""
    every = [p.identities for p in photographs] or [np.zeros(0, np.int64)]
    known = np.unique(np.concatenate(every))
    known = known[known >= 0]
    return [
        replace(
            p, identities=np.where(p.identities >= 0, np.searchsorted(known, p.identities), -1)
        )
        for p in photographs
    ]

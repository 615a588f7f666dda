# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Readers of labelled datasets: a new format is one file and one entry in `READERS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from fairmot_ros.files.errors import reading
from fairmot_ros.training.config import ConfigError, DatasetConfig
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers.coco import read_coco
from fairmot_ros.training.data.readers.crowdhuman import read_crowdhuman
from fairmot_ros.training.data.readers.identities import count_identities, renumber_identities
from fairmot_ros.training.data.readers.jde import read_jde
from fairmot_ros.training.data.readers.mot import read_mot_sequences

__all__ = ['READERS', 'Reader', 'count_identities', 'read_dataset', 'renumber_identities']

#: Called with the folder of the dataset. Returns identities from 0 on, -1 where unknown.
Reader = Callable[[Path, DatasetConfig, Problems], list[LabelledImage]]

READERS: dict[str, Reader] = {
    'coco': read_coco,
    'crowdhuman': read_crowdhuman,
    'jde': read_jde,
    'mot': read_mot_sequences,
}


def read_dataset(data: Path, dataset: DatasetConfig, problems: Problems) -> list[LabelledImage]:
    """Read the labels of a dataset.

    Args:
        data: folder that contains the dataset.
        dataset: which dataset to read, and its options.
        problems: receives a message for each faulty label, which is skipped.

    Raises:
        ConfigError: if the format is unknown or a list of images cannot be read.
        DataError: if the dataset is missing, its labels cannot be read or no image is selected.
    """
    reader = READERS.get(dataset.format)
    if reader is None:
        raise ConfigError(
            f'set {dataset.folder}: unknown format {dataset.format!r}; '
            f'expected one of {", ".join(sorted(READERS))}'
        )
    with reading(f'the labels of {data / dataset.folder} cannot be read', DataError):
        images = reader(data / dataset.folder, dataset, problems)
    if dataset.exclude or dataset.only:
        images = renumber_identities([i for i in images if dataset.selects(i.path.name)])
        if not images:
            raise DataError(
                f'no image of {data / dataset.folder} is left: check the lists of images '
                f'{", ".join(filter(None, (dataset.exclude, dataset.only)))}'
            )
    if 0 < dataset.limit < len(images):
        rows = np.linspace(0, len(images), dataset.limit, endpoint=False).astype(int)
        images = renumber_identities([images[row] for row in rows])
    configured = []
    box_count = 0
    for image in images:
        boxes = len(image.boxes_xyxy)
        identities = image.identities
        if dataset.identities == 'each_box':
            identities = np.arange(box_count, box_count + boxes)
        elif dataset.identities == 'none':
            identities = np.full(boxes, -1)
        box_count += boxes
        configured.append(
            replace(
                image,
                identities=identities.astype(np.int64),
                aspect_range=dataset.aspect_range,
                clip=dataset.clip,
                reduce=dataset.reduce,
            )
        )
    return configured

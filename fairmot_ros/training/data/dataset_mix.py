# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The datasets of a training run combined, with identities numbered over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.cut_outs import CutOut, read_cut_outs
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import count_identities, read_dataset
from fairmot_ros.training.data.teacher_labels import embedding_table, read_embeddings


@dataclass(frozen=True)
class DatasetSummary:
    """Numbers of images, boxes and identities read from one dataset."""

    folder: str
    images: int
    boxes: int
    identities: int


@dataclass
class DatasetMix:
    """All training images.

    Attributes:
        images: labelled images, repeated according to the weight of their dataset.
        cut_outs: masked people of the datasets with `cut_outs`.
        num_identities: identities are 0 to `num_identities - 1`.
        summaries: one entry per dataset.
        problems: messages about faulty labels.
    """

    images: list[LabelledImage] = field(default_factory=list)
    cut_outs: list[CutOut] = field(default_factory=list)
    num_identities: int = 0
    summaries: list[DatasetSummary] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)

    def target_embeddings(self, size: int) -> NDArray[np.float32] | None:
        """Return target embeddings [num_identities, size] for distillation.

        See `embedding_table`. None if no dataset has teacher embeddings.
        """
        people = [
            (image.identities, image.teacher_embeddings)
            for image in self.images
            if image.teacher_embeddings is not None
        ]
        people += [
            (np.array([cut_out.identity]), cut_out.teacher_embedding[None])
            for cut_out in self.cut_outs
            if cut_out.teacher_embedding is not None
        ]
        if not people:
            return None
        identities, embeddings = (np.concatenate(rows) for rows in zip(*people))
        return embedding_table(identities, embeddings, self.num_identities, size)


def read_dataset_mix(
    datasets: tuple[DatasetConfig, ...], data: Path, max_cut_out_height: int = 0
) -> DatasetMix:
    """Read the labels of all datasets in the given order.

    Args:
        datasets: datasets to read.
        data: folder that contains them.
        max_cut_out_height: height in pixels to which taller cut-outs are reduced.

    Raises:
        DataError: if a dataset is missing.
    """
    mix = DatasetMix()
    for dataset in datasets:
        if dataset.cut_outs:
            folder = data / dataset.folder
            embeddings = (
                read_embeddings(folder).of_annotations if dataset.teacher_embeddings else None
            )
            cut_outs = read_cut_outs(
                folder, mix.num_identities, max_cut_out_height, embeddings, dataset.selects
            )
            mix.cut_outs += cut_outs
            identity_count = box_count = image_count = len(cut_outs)
        else:
            images = read_dataset(data, dataset, mix.problems)
            identity_count = count_identities(images)
            mix.images += offset_identities(images, mix.num_identities) * max(
                1, round(dataset.weight)
            )
            image_count = len(images)
            box_count = sum(len(image.boxes_xyxy) for image in images)
        mix.num_identities += identity_count
        mix.summaries.append(
            DatasetSummary(dataset.folder, image_count, box_count, identity_count)
        )
    return mix


def offset_identities(images: list[LabelledImage], offset: int) -> list[LabelledImage]:
    """Return the images with `offset` added to all known identities."""
    return [
        replace(image, identities=np.where(image.identities >= 0, image.identities + offset, -1))
        for image in images
    ]

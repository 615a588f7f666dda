# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stream of whole images, augmented, each once per epoch: FairMOT's training samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import visible_share
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import DatasetMix
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.streams.sample_stream import SampleStream
from fairmot_ros.training.synthesis.augmentation import augment

SHUFFLE_STREAM = 1  # separates the random numbers of the order from those of the samples


class WholeImageStream(SampleStream):
    """All images in a new random order every epoch; an incomplete last batch is dropped.

    As in FairMOT's code, the classifier has one class more than there are identities.
    """

    def __init__(self, config: TrainingConfig, mix: DatasetMix) -> None:
        """Create the stream.

        Raises:
            DataError: if there are fewer images than one batch.
        """
        batches = len(mix.images) // config.batch_size
        if not batches:
            raise DataError(
                f'{len(mix.images)} images are less than one batch of '
                f'{config.batch_size}: add a set or lower batch_size'
            )
        super().__init__(config, mix.num_identities + 1, batches * config.batch_size)
        self.images = mix.images
        self._epoch = -1
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)

    def make_sample(self, number: int, problems: list[str]) -> Sample:
        assert self.samples_per_epoch is not None
        epoch, position = divmod(number, self.samples_per_epoch)
        rng = np.random.default_rng((self.config.seed, number))
        sample = self._load(epoch, position, problems)
        return augment(sample, self.config.input_size, self.config.augmentation, rng)

    def _load(self, epoch: int, position: int, problems: list[str]) -> Sample:
        """Read an image; if it is unreadable, the next readable one of the epoch."""
        order = self._order_of(epoch)
        for offset in range(len(order)):
            image = self.images[order[(position + offset) % len(order)]]
            try:
                return _drop_boxes_outside(image, image.load(), problems)
            except DataError as error:
                problems.append(f'{error}; replaced by another image')
        raise DataError('none of the images can be read')

    def _order_of(self, epoch: int) -> NDArray[np.int64]:
        if epoch != self._epoch:
            rng = np.random.default_rng((self.config.seed, epoch, SHUFFLE_STREAM))
            self._order = rng.permutation(len(self.images))
            self._epoch = epoch
        return self._order


def _drop_boxes_outside(image: LabelledImage, sample: Sample, problems: list[str]) -> Sample:
    """Drop the objects whose box lies outside the image."""
    height, width = sample.image.shape[:2]
    inside = visible_share(sample.boxes_xyxy, (width, height)) > 0
    if not inside.all():
        problems.append(
            f'{image.path}: {np.count_nonzero(~inside)} of {len(inside)} boxes lie outside '
            f'the image of {width} x {height}; skipped'
        )
        sample.keep(inside)
    return sample

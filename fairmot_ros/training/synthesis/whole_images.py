"""The paper's training samples: whole pictures, each once per epoch, augmented."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.boxes import visible_share
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import Mix
from fairmot_ros.training.data.sample_streams import SampleStream
from fairmot_ros.training.data.sources import DataError, Photograph
from fairmot_ros.training.synthesis.augmentation import prepare
from fairmot_ros.training.synthesis.scene import Scene

SHUFFLE = 1  # keeps the random numbers of an epoch's order apart from those of its samples


class PictureStream(SampleStream):
    """All pictures in a new order every epoch; as published, an incomplete batch is left out.

    The classifier has one class more than there are identities, as published.
    """

    def __init__(self, config: TrainingConfig, mix: Mix) -> None:
        """Take the pictures over.

        Raises:
            DataError: if there are fewer than one batch.
        """
        batches = len(mix.photographs) // config.batch_size
        if not batches:
            raise DataError(
                f'{len(mix.photographs)} pictures are less than one batch of '
                f'{config.batch_size}: add a set or lower batch_size'
            )
        super().__init__(config, mix.num_identities + 1, batches * config.batch_size)
        self.photographs = mix.photographs
        self._epoch = -1
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)

    def scene(self, number: int, problems: list[str]) -> Scene:
        assert self.samples_per_epoch is not None
        epoch, position = divmod(number, self.samples_per_epoch)
        rng = np.random.default_rng((self.config.seed, number))
        scene = self._load(epoch, position, problems)
        return prepare(scene, self.config.input_size, self.config.augmentation, rng)

    def _load(self, epoch: int, position: int, problems: list[str]) -> Scene:
        """Read a picture, or where it cannot be read the next one of the epoch that can."""
        order = self._order_of(epoch)
        for offset in range(len(order)):
            photograph = self.photographs[order[(position + offset) % len(order)]]
            try:
                return _inside(photograph, photograph.load(), problems)
            except DataError as error:
                problems.append(f'{error}; another one was taken')
        raise DataError('none of the pictures can be read')

    def _order_of(self, epoch: int) -> NDArray[np.int64]:
        if epoch != self._epoch:
            rng = np.random.default_rng((self.config.seed, epoch, SHUFFLE))
            self._order = rng.permutation(len(self.photographs))
            self._epoch = epoch
        return self._order


def _inside(photograph: Photograph, scene: Scene, problems: list[str]) -> Scene:
    """Drop the people whose box lies outside the picture."""
    height, width = scene.image.shape[:2]
    inside = visible_share(scene.boxes_xyxy, (width, height)) > 0
    if not inside.all():
        problems.append(
            f'{photograph.path}: {np.count_nonzero(~inside)} of {len(inside)} boxes lie outside '
            f'the picture of {width} x {height}; left out'
        )
        scene.keep(inside)
    return scene

"""Endless streams of training samples, the same for the same seed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import Mix
from fairmot_ros.training.data.sources import DataError
from fairmot_ros.training.losses.objectives import recipe_of
from fairmot_ros.training.synthesis.composer import SceneComposer
from fairmot_ros.training.synthesis.scene import Scene

Sample = dict[str, Tensor]
ATTEMPTS = 20  # to compose a scene of pictures that can all be read
PROBLEMS = 'problems'  # key of a part's list of sentences


class SampleStream(IterableDataset, ABC):
    """Samples as tensors, `image` and the targets by their names, stacked into parts.

    Sample number i depends on the seed and i alone, so a run that resumes at i goes on with
    the samples that an uninterrupted one would have seen, whatever the number of workers and
    processes: the parts of all processes together are the samples in their order.

    Attributes:
        config: the run's.
        num_identities: classes of the embedding's classifier.
        samples_per_epoch: after how many samples all pictures were seen, or None.
        first_part: where to begin.
        part_size: samples in a part.
        rank, world: number of this process, and how many there are.
    """

    def __init__(
        self, config: TrainingConfig, num_identities: int, samples_per_epoch: int | None = None
    ) -> None:
        self.config = config
        self.recipe = recipe_of(config.architecture)
        self.num_identities = num_identities
        self.samples_per_epoch = samples_per_epoch
        self.first_part = 0
        self.part_size = config.batch_size
        self.rank, self.world = 0, 1

    @abstractmethod
    def scene(self, number: int, problems: list[str]) -> Scene:
        """Make the picture of sample `number`; what is wrong with the data is appended."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        # OpenCV's own threads would fight the trainer's for the cores.
        cv2.setNumThreads(0)
        worker = get_worker_info()
        start, step = (worker.id, worker.num_workers) if worker else (0, 1)
        part = self.first_part + start
        while True:
            first = (part * self.world + self.rank) * self.part_size
            yield self.part(range(first, first + self.part_size))
            part += step

    def part(self, numbers: range) -> dict[str, Any]:
        """Return samples stacked, and the problems met."""
        problems: list[str] = []
        samples = [self.sample(number, problems) for number in numbers]
        stacked: dict[str, Any] = {
            name: torch.stack([sample[name] for sample in samples]) for name in samples[0]
        }
        stacked[PROBLEMS] = problems
        return stacked

    def sample(self, number: int, problems: list[str] | None = None) -> Sample:
        """Make sample `number`."""
        scene = self.scene(number, [] if problems is None else problems)
        targets = self.recipe.make_targets(scene, self.config)
        rgb = np.ascontiguousarray(scene.image[:, :, ::-1].transpose(2, 0, 1))
        return {
            'image': torch.from_numpy(rgb),
            **{name: torch.from_numpy(value) for name, value in targets.items()},
        }


class SceneStream(SampleStream):
    """Scenes that are composed at random, without end."""

    def __init__(self, config: TrainingConfig, mix: Mix) -> None:
        assert config.composer is not None
        super().__init__(config, mix.num_identities)
        self.composer = SceneComposer(mix.photographs, mix.cut_outs, config.composer)

    def scene(self, number: int, problems: list[str]) -> Scene:
        for attempt in range(ATTEMPTS):
            seed = (self.config.seed, number, *([attempt] if attempt else []))
            try:
                return self.composer(np.random.default_rng(seed))
            except DataError as error:
                problems.append(f'{error}; another scene was made')
        raise DataError(f'no scene could be made in {ATTEMPTS} attempts: {problems[-1]}')

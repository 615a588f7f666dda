# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Base class of the endless streams of training samples, reproducible by seed."""

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
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.losses.objectives import recipe_of

SampleTensors = dict[str, Tensor]
PROBLEMS = 'problems'  # key of a micro-batch's list of messages


class SampleStream(IterableDataset, ABC):
    """Micro-batches of samples: tensors by name, `image` and the targets.

    Sample number i depends only on the seed and on i. A run resumed at sample i therefore gets the
    samples of an uninterrupted run, and the micro-batches of all processes and workers together
    contain the samples in order.

    Attributes:
        config: configuration of the run.
        num_identities: classes of the identity classifier.
        samples_per_epoch: number of samples after which all images were used, or None.
        first_micro_batch: number of the micro-batch to start from.
        micro_batch_size: samples per micro-batch.
        rank: number of this process.
        world: number of processes.
    """

    def __init__(
        self, config: TrainingConfig, num_identities: int, samples_per_epoch: int | None = None
    ) -> None:
        self.config = config
        self.recipe = recipe_of(config.architecture)
        self.num_identities = num_identities
        self.samples_per_epoch = samples_per_epoch
        self.first_micro_batch = 0
        self.micro_batch_size = config.batch_size
        self.rank, self.world = 0, 1

    @abstractmethod
    def make_sample(self, number: int, problems: list[str]) -> Sample:
        """Make sample `number`; append messages about faulty data to `problems`."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        # OpenCV's threads would compete with the trainer's for the cores.
        cv2.setNumThreads(0)
        worker = get_worker_info()
        start, step = (worker.id, worker.num_workers) if worker else (0, 1)
        number = self.first_micro_batch + start
        while True:
            first = (number * self.world + self.rank) * self.micro_batch_size
            yield self.micro_batch(range(first, first + self.micro_batch_size))
            number += step

    def micro_batch(self, numbers: range) -> dict[str, Any]:
        """Return the samples with these numbers, stacked, and messages under `problems`."""
        problems: list[str] = []
        samples = [self.sample_tensors(number, problems) for number in numbers]
        stacked: dict[str, Any] = {
            name: torch.stack([sample[name] for sample in samples]) for name in samples[0]
        }
        stacked[PROBLEMS] = problems
        return stacked

    def sample_tensors(self, number: int, problems: list[str] | None = None) -> SampleTensors:
        """Return sample `number`: `image` uint8 [3, H, W], RGB, and the targets by name."""
        sample = self.make_sample(number, [] if problems is None else problems)
        targets = self.recipe.make_targets(sample, self.config)
        rgb = np.ascontiguousarray(sample.image[:, :, ::-1].transpose(2, 0, 1))
        return {
            'image': torch.from_numpy(rgb),
            **{name: torch.from_numpy(value) for name, value in targets.items()},
        }

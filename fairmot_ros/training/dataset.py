"""An endless stream of scenes with their targets, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from fairmot_ros.training.composer import SceneComposer
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.sources import CutOut, Photograph, read_coco, read_cut_outs
from fairmot_ros.training.targets import make_targets

STRIDE = 4


class SceneStream(IterableDataset):
    """Composed scenes as tensors: `image`, and the targets by their names.

    Sample number i depends on the seed and i alone, so a run that resumes at i goes on with
    the samples that an uninterrupted one would have seen.
    """

    def __init__(self, config: TrainingConfig, data: Path, first_sample: int = 0) -> None:
        """Read the labels of all sets.

        Raises:
            DataError: if a set is missing.
        """
        self.config = config
        self.first_sample = first_sample
        photographs: list[Photograph] = []
        cut_outs: list[CutOut] = []
        self.num_identities = 0
        for part in config.sets:
            folder = data / part.folder
            if part.cut_outs:
                max_height = int(1.5 * config.composer.person_height[1])
                found = read_cut_outs(folder, self.num_identities, max_height)
                self.num_identities += len(found)
                cut_outs += found
                continue
            pictures = read_coco(
                folder, self.num_identities,
                include=part.include, aspect_range=part.aspect_range,
            )
            last = max((int(p.identities.max(initial=-1)) for p in pictures), default=-1)
            self.num_identities = max(self.num_identities, last + 1)
            photographs += pictures * max(1, round(part.weight))
        self.composer = SceneComposer(photographs, cut_outs, config.composer)

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        # OpenCV's own threads would fight the trainer's for the cores.
        cv2.setNumThreads(0)
        worker = get_worker_info()
        start, step = (worker.id, worker.num_workers) if worker else (0, 1)
        number = self.first_sample + start
        while True:
            yield self.sample(number)
            number += step

    def sample(self, number: int) -> dict[str, Tensor]:
        """Make sample `number`."""
        scene = self.composer(np.random.default_rng((self.config.seed, number)))
        height, width = scene.image.shape[:2]
        targets = make_targets(
            scene.boxes_xyxy / np.float32(STRIDE),
            scene.identities,
            (width // STRIDE, height // STRIDE),
            max_objects=self.config.max_objects,
        )
        rgb = np.ascontiguousarray(scene.image[:, :, ::-1].transpose(2, 0, 1))
        return {
            'image': torch.from_numpy(rgb),
            **{name: torch.from_numpy(value) for name, value in asdict(targets).items()},
        }

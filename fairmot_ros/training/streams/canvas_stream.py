# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stream of canvases of people from a person bank."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import DatasetMix, DatasetSummary
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.distillation.person_bank.bank import PersonBank
from fairmot_ros.training.distillation.person_bank.canvas import CanvasComposer
from fairmot_ros.training.streams.sample_stream import SampleStream

TEACHER = 'teacher'  # key of the teacher's embeddings in a sample


class CanvasStream(SampleStream):
    """Canvases with the teacher's embeddings of their objects: `teacher` float32 [K, T]."""

    def __init__(self, config: TrainingConfig, bank: PersonBank) -> None:
        assert config.canvas is not None
        super().__init__(config, len(bank))
        self.bank = bank
        self.composer = CanvasComposer(bank.window, len(bank), config.canvas, bank.tracks)

    def make_sample(self, number: int, problems: list[str]) -> Sample:
        rng = np.random.default_rng((self.config.seed, number))
        return self.composer(rng, self.config.max_objects)

    def sample_tensors(self, number: int, problems: list[str] | None = None) -> dict[str, Tensor]:
        tensors = super().sample_tensors(number, problems)
        rows = tensors['ids'].numpy()
        embeddings = self.bank.embeddings[rows.clip(0)] * (rows >= 0)[:, None]
        tensors[TEACHER] = torch.from_numpy(embeddings.astype(np.float32))
        return tensors


def make_canvas_stream(config: TrainingConfig) -> tuple[DatasetMix, CanvasStream]:
    """Read the person bank.

    Returns:
        A mix with the number of windows per dataset, and the stream.

    Raises:
        DataError: if there is no bank.
    """
    assert config.canvas is not None
    bank = PersonBank(Path(config.canvas.bank))
    mix = DatasetMix(num_identities=len(bank))
    for folder, count in sorted(Counter(bank.sources).items()):
        mix.summaries.append(DatasetSummary(folder, count, count, count))
    return mix, CanvasStream(config, bank)

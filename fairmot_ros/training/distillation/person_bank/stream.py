"""The stream of canvases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import Mix, SetSummary
from fairmot_ros.training.data.sample_streams import SampleStream
from fairmot_ros.training.distillation.person_bank.bank import PersonBank
from fairmot_ros.training.distillation.person_bank.canvas import CanvasComposer
from fairmot_ros.training.synthesis.scene import Scene

TEACHER = 'teacher'  # key of the teacher's embeddings in a sample


class PersonStream(SampleStream):
    """Canvases, with the teacher's embedding of each row: `teacher` float32 [K, T]."""

    def __init__(self, config: TrainingConfig, bank: PersonBank) -> None:
        assert config.canvas is not None
        super().__init__(config, len(bank))
        self.bank = bank
        self.composer = CanvasComposer(bank.window, len(bank), config.canvas, bank.tracks)

    def scene(self, number: int, problems: list[str]) -> Scene:
        rng = np.random.default_rng((self.config.seed, number))
        return self.composer(rng, self.config.max_objects)

    def sample(self, number: int, problems: list[str] | None = None) -> dict[str, Tensor]:
        sample = super().sample(number, problems)
        rows = sample['ids'].numpy()
        embeddings = self.bank.embeddings[rows.clip(0)] * (rows >= 0)[:, None]
        sample[TEACHER] = torch.from_numpy(embeddings.astype(np.float32))
        return sample


def make_person_stream(config: TrainingConfig) -> tuple[Mix, PersonStream]:
    """Read the bank; returns what it holds by set, and the stream.

    Raises:
        DataError: if there is no bank.
    """
    assert config.canvas is not None
    bank = PersonBank(Path(config.canvas.bank))
    mix = Mix(num_identities=len(bank))
    for folder, count in sorted(Counter(bank.sources).items()):
        mix.summaries.append(SetSummary(folder, count, count, count))
    return mix, PersonStream(config, bank)

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Stream of samples composed at random from images and cut-outs."""

from __future__ import annotations

import numpy as np

from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.data.dataset_mix import DatasetMix
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.data.sample import Sample
from fairmot_ros.training.streams.sample_stream import SampleStream
from fairmot_ros.training.synthesis.composer import SampleComposer

MAX_ATTEMPTS = 20  # compositions per sample until all images can be read


class ComposedStream(SampleStream):
    """Composed samples; a sample with an unreadable image is replaced by another one."""

    def __init__(self, config: TrainingConfig, mix: DatasetMix) -> None:
        assert config.composer is not None
        super().__init__(config, mix.num_identities)
        self.composer = SampleComposer(mix.images, mix.cut_outs, config.composer)

    def make_sample(self, number: int, problems: list[str]) -> Sample:
        for attempt in range(MAX_ATTEMPTS):
            seed = (self.config.seed, number, *([attempt] if attempt else []))
            try:
                return self.composer(np.random.default_rng(seed))
            except DataError as error:
                problems.append(f'{error}; replaced by another sample')
        raise DataError(f'no sample could be composed in {MAX_ATTEMPTS} attempts: {problems[-1]}')

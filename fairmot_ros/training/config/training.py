# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of a training run: the content of a training file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fairmot_ros.training.config.augmentation import AugmentationOptions
from fairmot_ros.training.config.canvas import CanvasOptions
from fairmot_ros.training.config.composer import ComposerOptions
from fairmot_ros.training.config.dataset import PERSON, DatasetConfig
from fairmot_ros.training.config.errors import check_choice

PRECISIONS = ('fp32', 'bf16', 'fp16')


@dataclass(frozen=True)
class TrainingConfig:
    """Configuration of a training run.

    With `composer`, samples are composed at random from images and cut-outs, and the length of
    the run is given in `steps`. Without it, each image is augmented and used once per epoch, as in
    FairMOT, and the length is given in `epochs`.

    Attributes:
        name: name of the model, stored in its checkpoint and its model card.
        architecture: network architecture, see `fairmot_ros.network.create_network`.
        network: further options of the architecture, such as `stride` and `wh_channels`.
        reid_dim: embedding size.
        labels: names of the classes.
        weights: checkpoint to start from; heads of other sizes are initialised at random.
        sets: training datasets.
        composer: options of composed samples.
        canvas: train only the embedding, on a person bank made from `sets`; see
            `fairmot_ros.training.distillation.person_bank`.
        augmentation: augmentation of whole images.
        steps: number of optimiser steps (composed samples and canvases).
        epochs: number of epochs (whole images).
        batch_size: samples per step, over all processes.
        accumulate: number of micro-batches that a batch is split into, to save memory.
        precision: fp32, or bf16 or fp16 for automatic mixed precision.
        learning_rate: peak learning rate of Adam.
        warmup_steps: steps of linear warm-up.
        decay_share: share of the steps, at the end, over which the rate falls linearly to zero.
        decay_epochs: epochs after which the rate is divided by ten, instead of `decay_share`.
        clip_gradient: maximum norm of the gradient; null for no clipping.
        freeze_batch_norm: keep the statistics of all batch norms.
        freeze: names of modules of the network that are not trained, such as `backbone` or
            `head.8`; their batch norms keep their statistics.
        rate_factors: factors on the learning rate by module name; the longest matching name
            applies.
        batch_norm_samples: number of samples on which to measure the statistics of batch norms at
            the start without changing the network's output, see `restore_batch_norms`; 0 for
            none. For imported networks with folded batch norms.
        detection_teacher: checkpoint of a frozen yolox_nano whose detections are distilled on
            every sample (yolox_nano only); null for none.
        ema_decay: decay of the exponential moving average of the weights, which is saved; 0 to
            save the last weights.
        loss: options of `FairMOTLoss`; for yolox_nano those of `DetectionWeights`, and under
            `embedding` a `kind` of EMBEDDING_LOSSES with its options.
        max_objects: maximum number of objects per sample.
        workers: processes that make samples; 0 to make them in the training process.
        seed: seed of all random numbers.
        input_size: (width, height) of whole images in training, in pixels; stored in the
            checkpoint as the input size of the detector.
        half_weights: store the weights in half precision.
        log_every: steps between two lines of the log.
    """

    name: str
    architecture: str
    sets: tuple[DatasetConfig, ...]
    network: dict[str, int] = field(default_factory=dict)
    reid_dim: int = 64
    labels: tuple[str, ...] = PERSON
    weights: str | None = None
    composer: ComposerOptions | None = None
    canvas: CanvasOptions | None = None
    augmentation: AugmentationOptions = field(default_factory=AugmentationOptions)
    steps: int = 10_000
    epochs: int = 30
    batch_size: int = 16
    accumulate: int = 1
    precision: str = 'fp32'
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    decay_share: float = 0.3
    decay_epochs: tuple[int, ...] = ()
    clip_gradient: float | None = 10.0
    freeze_batch_norm: bool = False
    freeze: tuple[str, ...] = ()
    rate_factors: dict[str, float] = field(default_factory=dict)
    batch_norm_samples: int = 0
    detection_teacher: str | None = None
    ema_decay: float = 0.998
    loss: dict[str, Any] = field(default_factory=dict)
    max_objects: int = 64
    workers: int = 1
    seed: int = 1
    input_size: tuple[int, int] = (640, 480)
    half_weights: bool = True
    log_every: int = 20

    def __post_init__(self) -> None:
        check_choice('precision', self.precision, PRECISIONS)
        for name in ('steps', 'epochs', 'batch_size', 'accumulate', 'max_objects', 'log_every'):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f'{name} must be an integer of at least 1, got {value!r}')
        if len(self.input_size) != 2 or any(v % 32 or v < 32 for v in self.input_size):
            raise ValueError(
                'input_size must be [width, height] in multiples of 32, '
                f'got {list(self.input_size)}'
            )

    @property
    def stride(self) -> int:
        """Input pixels per cell of the output maps."""
        return self.network.get('stride', 4)

    @property
    def wh_channels(self) -> int:
        """Channels of the box head: 4 (distances to the sides) or 2 (width and height)."""
        return self.network.get('wh_channels', 4)

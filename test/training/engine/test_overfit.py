# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import torch

from fairmot_ros.training.config import AugmentationOptions, DatasetConfig, TrainingConfig
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.engine.trainer import Trainer
from fairmot_ros.training.scoring import score_detection
from fairmot_ros.training.scoring.detection import make_detector

NO_AUGMENTATION = AugmentationOptions(
    hsv=0, rotation=0, translation=0, scale=(1, 1), shear=0, flip=0
)
CONFIG = TrainingConfig(
    'sixteen',
    'yolo',
    (DatasetConfig('sixteen'),),
    network={'stem_channels': 8, 'head_conv': 16},
    reid_dim=16,
    input_size=(96, 64),
    augmentation=NO_AUGMENTATION,
    batch_size=8,
    epochs=100,
    learning_rate=4e-3,
    warmup_steps=10,
    decay_share=0.6,
    ema_decay=0.9,
    workers=0,
)


def test_sixteen_images_are_overfitted(drawn_people: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    weights = Trainer(CONFIG, drawn_people, tmp_path / 'run').run()
    images = read_dataset(drawn_people, DatasetConfig('sixteen'), Problems())
    result = score_detection(make_detector(str(weights), device='cpu'), images)
    assert result['ap50'] >= 0.95

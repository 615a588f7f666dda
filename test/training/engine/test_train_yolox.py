# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training of YOLOX-nano with the Trainer on drawn people."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.detector import Detector
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint
from fairmot_ros.training.config import (
    AugmentationOptions,
    ComposerOptions,
    ConfigError,
    DatasetConfig,
    TrainingConfig,
)
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.engine.factory import make_loss
from fairmot_ros.training.engine.trainer import Trainer
from fairmot_ros.training.scoring import score_detection

NO_AUGMENTATION = AugmentationOptions(
    hsv=0, rotation=0, translation=0, scale=(1, 1), shear=0, flip=0
)
CONFIG = TrainingConfig(
    'nano',
    'yolox_nano',
    (DatasetConfig('sixteen'),),
    network={'id_channels': 8},
    reid_dim=8,
    input_size=(96, 64),
    augmentation=NO_AUGMENTATION,
    batch_size=8,
    epochs=30,
    learning_rate=5e-3,
    warmup_steps=5,
    log_every=10,
    decay_share=0.6,
    ema_decay=0.9,
    workers=0,
)
DETECTOR = ('backbone', 'pyramid', 'head')


def detector_of(weights: Path) -> Detector:
    return Detector(str(weights), device='cpu', engine='torch', score_threshold=0.0)


def test_four_images_are_learned(drawn_people: Path, tmp_path: Path) -> None:
    """From random weights, average precision rises and the losses fall."""
    torch.manual_seed(0)
    dataset = DatasetConfig('sixteen', limit=4)
    config = replace(CONFIG, sets=(dataset,), batch_size=4, epochs=50, ema_decay=0.8)
    trainer = Trainer(config, drawn_people, tmp_path / 'run')
    for module in trainer.network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.2  # for so few steps
    images = read_dataset(drawn_people, dataset, Problems())
    before = score_detection(detector_of(trainer.save()), images)
    weights = trainer.run()
    after = score_detection(detector_of(weights), images)
    assert before['ap50'] < 0.1
    assert after['ap50'] > 0.5
    log = np.genfromtxt(tmp_path / 'run/log.csv', delimiter=',', names=True)
    for name in ('objectness', 'id'):
        assert log[name][-1] < 0.8 * log[name][0]
    assert log.dtype.names[3:] == ('loss', *trainer.loss.term_names[1:])
    network = load_checkpoint(weights)
    assert (network.info.architecture, network.sizes.reid_dim) == ('yolox_nano', 8)
    assert (tmp_path / 'run/samples.jpg').is_file()


def test_a_frozen_detector_does_not_change(drawn_people: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    trainer = Trainer(replace(CONFIG, freeze=DETECTOR), drawn_people, tmp_path / 'run')
    before = {key: value.clone() for key, value in trainer.network.state_dict().items()}
    micro_batch = next(trainer.micro_batches())
    terms = [trainer.train_step(micro_batch) for _ in range(4)]
    images = micro_batch['image'].float() / 255
    features = trainer.network.features(images)
    assert not any(m.requires_grad for m in (features.backbone | features.pyramid).values())
    assert terms[-1]['id'] < terms[0]['id']
    assert {t[name] for t in terms for name in ('box', 'objectness', 'class')} == {0}
    for network in (trainer.network, trainer.average.network):
        for key, value in network.state_dict().items():
            assert torch.equal(value, before[key]) != key.startswith('id.'), key


def test_distillation_preserves_the_detector(drawn_people: Path, tmp_path: Path) -> None:
    """Without labels and with the teacher's weights, the distilled terms are zero."""
    torch.manual_seed(0)
    teacher = create_network('yolox_nano', reid_dim=0)
    save_checkpoint(teacher, tmp_path / 'teacher.pth')
    config = replace(
        CONFIG,
        reid_dim=0,
        weights=str(tmp_path / 'teacher.pth'),
        detection_teacher=str(tmp_path / 'teacher.pth'),
        freeze_batch_norm=True,
        loss={'objectness_weight': 0, 'class_weight': 0, 'box_weight': 0},
    )
    trainer = Trainer(config, drawn_people, tmp_path / 'run')
    micro_batch = next(trainer.micro_batches())
    micro_batch['mask'][:] = False
    terms = trainer.train_step(micro_batch)
    assert terms['distilled_scores'] == pytest.approx(0, abs=1e-3)
    assert not any('teacher' in key for key in trainer.loss.state_dict())
    trainer.network.head['8'].obj_pred.bias.data += 1
    assert trainer.train_step(micro_batch)['distilled_scores'] > 0.05


def test_micro_batches_give_the_losses_of_the_whole_batch(
    drawn_people: Path, tmp_path: Path
) -> None:
    losses = []
    for count in (1, 2):
        config = replace(CONFIG, accumulate=count, freeze_batch_norm=True, epochs=2)
        trainer = Trainer(config, drawn_people, tmp_path / str(count))
        stream = trainer.micro_batches()
        losses.append(
            [trainer.train_step(*(next(stream) for _ in range(count)))['loss'] for _ in range(3)]
        )
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_measured_batch_norms_do_not_change_the_start(drawn_people: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    given = create_network('yolox_nano', reid_dim=8).eval()
    network = dict(CONFIG.network) | {'id_channels': 64}
    save_checkpoint(given, tmp_path / 'given.pth')
    config = replace(
        CONFIG, network=network, weights=str(tmp_path / 'given.pth'), batch_norm_samples=4
    )
    trainer = Trainer(config, drawn_people, tmp_path / 'run')
    images = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        expected = given.whole_maps(images)
        found = trainer.network.eval().whole_maps(images)
    for name, value in expected.items():
        assert (found[name] - value).abs().max() < 1e-4
    norm = trainer.network.backbone.stem.conv.bn
    assert norm.running_mean.abs().max() > 1e-3


def test_composed_samples_train_yolox(training_data: Path, tmp_path: Path) -> None:
    sets = (
        DatasetConfig('cut_outs', cut_outs=True),
        DatasetConfig('people'),
        DatasetConfig('backgrounds'),
    )
    composer = ComposerOptions(width=96, height=64, person_height=(16, 50))
    config = replace(CONFIG, sets=sets, composer=composer, steps=2)
    trainer = Trainer(config, training_data, tmp_path / 'run')
    assert np.isfinite(trainer.train_step(next(trainer.micro_batches()))['loss'])


@pytest.mark.parametrize(
    ('loss', 'message'),
    [
        ({'hm_weight': 1}, "unexpected keyword argument 'hm_weight'"),
        ({'embedding': {'kind': 'magic'}}, "must be one of .*identity, got 'magic'"),
        ({'embedding': {'speed': 1}}, "unexpected keyword argument 'speed'"),
    ],
)
def test_a_wrong_loss_is_reported(loss: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=f'loss of nano: .*{message}'):
        make_loss(replace(CONFIG, loss=loss), 3)


def test_a_teacher_of_another_architecture_is_reported(tmp_path: Path) -> None:
    path = tmp_path / 'yolo.pth'
    save_checkpoint(create_network('yolo', stem_channels=8, head_conv=8), path)
    with pytest.raises(ConfigError, match=r'must be a yolox_nano, .*yolo\.pth is yolo'):
        make_loss(replace(CONFIG, detection_teacher=str(path)), 3)

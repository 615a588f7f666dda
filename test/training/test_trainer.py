from pathlib import Path

import pytest
import torch

from fairmot_ros.cli import train
from fairmot_ros.network import load_checkpoint
from fairmot_ros.training.config import ConfigError, TrainingConfig, read_config
from fairmot_ros.training.trainer import Trainer, make_stream

CONFIG = """
name: tiny
architecture: yolo
network: {stem_channels: 8, head_conv: 16}
reid_dim: 8
input_size: [96, 64]
sets:
  - {folder: cut_outs, cut_outs: true}
  - {folder: people}
  - {folder: backgrounds}
composer: {width: 96, height: 64, person_height: [16, 50]}
steps: 6
batch_size: 2
warmup_steps: 2
workers: 0
"""


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / 'tiny.yaml'
    path.write_text(CONFIG)
    return path


@pytest.fixture
def config(config_file: Path) -> TrainingConfig:
    return read_config(config_file)


def run_steps(trainer: Trainer, count: int) -> list[float]:
    parts = trainer.parts()
    return [trainer.train_step(next(parts))['loss'] for _ in range(count)]


def test_a_resumed_run_equals_an_uninterrupted_one(
    config: TrainingConfig, training_data: Path, tmp_path: Path
) -> None:
    whole = run_steps(Trainer(config, training_data, tmp_path / 'whole'), 6)
    first = Trainer(config, training_data, tmp_path / 'cut')
    before = run_steps(first, 3)
    first.save()
    after = run_steps(Trainer(config, training_data, tmp_path / 'cut'), 3)
    assert before + after == pytest.approx(whole, abs=1e-6)


def test_the_command_writes_weights_that_load(
    config_file: Path, training_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = [str(config_file), '--data', str(training_data), '--output', str(tmp_path / 'run')]
    assert train.main(arguments) == 0
    assert 'weights.pth' in capsys.readouterr().out
    network = load_checkpoint(tmp_path / 'run/weights.pth')
    assert (network.info.name, network.info.input_size) == ('tiny', (96, 64))
    assert all(torch.isfinite(p).all() for p in network.parameters())
    assert train.main(arguments) == 0  # nothing left to do


def test_the_loss_falls(config: TrainingConfig, training_data: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    trainer = Trainer(config, training_data, tmp_path / 'run')
    sample = {k: torch.stack([v, v]) for k, v in trainer.stream.sample(3).items()}
    losses = [trainer.train_step(sample)['loss'] for _ in range(6)]
    assert losses[-1] < losses[0]


def test_samples_depend_on_their_number_alone(
    config: TrainingConfig, training_data: Path
) -> None:
    _, stream = make_stream(config, training_data)
    expected = stream.sample(2)['image']
    stream.first_part = 1
    assert torch.equal(next(iter(stream))['image'][0], expected)
    assert stream.num_identities == 7


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('name: [', 'is not valid YAML'),
        ('just text', 'must hold a mapping'),
        ('name: x\narchitecture: yolo\nsets: []\nspeed: 3', 'unknown setting speed; expected'),
        ('name: x\nsets: [{folder: a, colour: 1}]', 'unknown setting colour'),
        ('name: x\nsets: []', "missing 1 required positional argument: 'architecture'"),
    ],
)
def test_a_wrong_config_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / 'wrong.yaml'
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(path)


def test_a_users_mistake_is_one_line(
    config_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert train.main([str(config_file), '--data', str(tmp_path / 'nowhere')]) == 2
    error = capsys.readouterr().err
    assert error.startswith('fairmot-train: no cut-outs in ')
    assert error.count('\n') == 1


def test_the_shipped_config_is_sound() -> None:
    root = Path(__file__).resolve().parents[2]
    config = read_config(root / 'config/training/default_model.yaml')
    assert config.architecture == 'yolo'

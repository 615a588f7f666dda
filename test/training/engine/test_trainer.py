# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import json
import math
import resource
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fairmot_ros.cli import train
from fairmot_ros.network import (
    CheckpointError,
    create_network,
    load_checkpoint,
    save_checkpoint,
)
from fairmot_ros.training.config import TrainingConfig, parse_config, read_config
from fairmot_ros.training.engine.factory import (
    make_network,
    make_stream,
    start_from,
)
from fairmot_ros.training.engine.trainer import Trainer, TrainingError

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
    micro_batches = trainer.micro_batches()
    return [trainer.train_step(next(micro_batches))['loss'] for _ in range(count)]


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


def test_a_run_stops_after_its_minutes_and_resumes(
    config_file: Path, training_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    command = [str(config_file), '--data', str(training_data), '--output', str(tmp_path / 'run')]
    assert train.main([*command, '--minutes', '0']) == 0
    assert 'stopped after 0 minutes at step 0 of 6 of tiny' in capsys.readouterr().out
    assert (tmp_path / 'run' / 'state.pt').is_file()
    assert train.main([*command, '--minutes', '10']) == 0
    assert 'stopped' not in capsys.readouterr().out
    assert torch.load(tmp_path / 'run' / 'state.pt', weights_only=True)['step'] == 6


def test_the_loss_falls(config: TrainingConfig, training_data: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    trainer = Trainer(config, training_data, tmp_path / 'run')
    sample = {k: torch.stack([v, v]) for k, v in trainer.stream.sample_tensors(3).items()}
    losses = [trainer.train_step(sample)['loss'] for _ in range(6)]
    assert losses[-1] < losses[0]


def test_samples_depend_on_their_number_alone(config: TrainingConfig, training_data: Path) -> None:
    _, stream = make_stream(config, training_data)
    expected = stream.sample_tensors(2)['image']
    stream.first_micro_batch = 1
    assert torch.equal(next(iter(stream))['image'][0], expected)
    assert stream.num_identities == 7


def test_a_missing_gpu_is_reported_in_one_line(
    config_file: Path, training_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    if torch.cuda.is_available():
        pytest.skip('there is a GPU')
    data = ['--data', str(training_data), '--output', str(tmp_path)]
    assert train.main([str(config_file), *data, '--device', 'cuda']) == 2
    assert "device 'cuda' is not available: torch" in capsys.readouterr().err


def test_a_users_mistake_is_reported_in_one_line(
    config_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert train.main([str(config_file), '--data', str(tmp_path / 'nowhere')]) == 2
    error = capsys.readouterr().err
    assert error.startswith('fairmot-train: no cut-outs in ')
    assert error.count('\n') == 1


@pytest.mark.parametrize('precision', ['bf16', 'fp16'])
def test_half_precision_trains(
    config: TrainingConfig, training_data: Path, tmp_path: Path, precision: str
) -> None:
    trainer = Trainer(replace(config, precision=precision), training_data, tmp_path / 'run')
    before = trainer.network.hm[2].weight.clone()
    losses = run_steps(trainer, 3)
    trainer.save()
    assert all(math.isfinite(loss) for loss in losses)
    assert not torch.equal(before, trainer.network.hm[2].weight)
    assert Trainer(trainer.config, training_data, tmp_path / 'run').step == 3


def test_several_classes_are_learned(drawn_people: Path, tmp_path: Path) -> None:
    path = drawn_people / 'sixteen/annotations.json'
    content = json.loads(path.read_text())
    content['categories'] = [{'id': 1, 'name': 'person'}, {'id': 2, 'name': 'dog'}]
    for number, annotation in enumerate(content['annotations']):
        annotation['category_id'] = 1 + number % 2
    (tmp_path / 'set').mkdir()
    (tmp_path / 'set/images').symlink_to(drawn_people / 'sixteen/images')
    (tmp_path / 'set/annotations.json').write_text(json.dumps(content))
    config = parse_config(
        {
            'name': 'two',
            'architecture': 'yolo',
            'network': {'stem_channels': 8},
            'labels': ['person', 'dog'],
            'sets': [{'folder': 'set'}],
            'batch_size': 16,
            'epochs': 1,
            'input_size': [96, 64],
            'workers': 0,
        },
        'test',
    )
    trainer = Trainer(config, tmp_path, tmp_path / 'run')
    centres = trainer.stream.micro_batch(range(16))['hm'].eq(1).flatten(2).sum((0, 2))
    assert centres.min() > 5
    network = load_checkpoint(trainer.run())
    assert network.info.labels == ('person', 'dog')
    assert network.sizes.num_classes == 2


def test_a_run_starts_from_weights_and_names_the_heads_that_do_not_fit(
    config: TrainingConfig, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    given = make_network(replace(config, reid_dim=24))
    save_checkpoint(given, tmp_path / 'given.pth')
    network = make_network(config)
    start_from(network, str(tmp_path / 'given.pth'))
    assert 'given.pth has no matching id: initialised at random' in capsys.readouterr().out
    key = 'backbone.model.3.conv.weight'
    assert torch.equal(network.state_dict()[key], given.state_dict()[key])
    assert network.sizes.reid_dim == 8


def test_weights_of_another_architecture_are_reported_in_one_line(
    config: TrainingConfig, tmp_path: Path
) -> None:
    path = tmp_path / 'resnet.pth'
    save_checkpoint(create_network('resdcn_18'), path)
    with pytest.raises(CheckpointError, match=r'resnet\.pth does not fit yolo: missing') as caught:
        start_from(make_network(config), str(path))
    assert '\n' not in str(caught.value)


def test_a_folder_of_another_run_is_not_overwritten(
    config: TrainingConfig, training_data: Path, tmp_path: Path
) -> None:
    Trainer(config, training_data, tmp_path).save()
    with pytest.raises(TrainingError, match=r'state\.pt is damaged or of another run') as caught:
        Trainer(replace(config, reid_dim=12), training_data, tmp_path)
    assert '\n' not in str(caught.value)


def test_text_in_place_of_a_state_is_reported_in_one_line(
    config: TrainingConfig, training_data: Path, tmp_path: Path
) -> None:
    (tmp_path / 'state.pt').write_bytes(b'half a file')
    with pytest.raises(TrainingError, match=r'state\.pt is damaged or of another run'):
        Trainer(config, training_data, tmp_path)


def test_composing_skips_a_damaged_image(
    config: TrainingConfig, training_data: Path, tmp_path: Path
) -> None:
    shutil.copytree(training_data, tmp_path / 'data')
    (tmp_path / 'data/people/images/2.jpg').write_bytes(b'')
    _, stream = make_stream(config, tmp_path / 'data')
    problems = stream.micro_batch(range(40))['problems']
    assert problems
    assert all('people/images/2.jpg cannot be read: ' in p for p in problems)


def test_a_non_finite_loss_stops_the_run(
    config: TrainingConfig, training_data: Path, tmp_path: Path
) -> None:
    trainer = Trainer(config, training_data, tmp_path)
    micro_batch = next(trainer.micro_batches())
    trainer.network.hm[2].bias.data.fill_(math.nan)
    with pytest.raises(TrainingError, match='the loss is nan at step 1: lower the learning'):
        trainer.train_step(micro_batch)


@pytest.mark.parametrize(
    'damage',
    [
        lambda content: b'',
        lambda content: content[: len(content) // 2],
        lambda content: b'no state',
        lambda content: content[:-2000] + bytes(2000),
    ],
    ids=['empty', 'truncated', 'text', 'end'],
)
def test_a_damaged_state_is_reported_in_one_line(
    damage: Callable[[bytes], bytes],
    config_file: Path,
    training_data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    command = [str(config_file), '--data', str(training_data), '--output', str(tmp_path / 'run')]
    assert train.main([*command, '--minutes', '0']) == 0
    state = tmp_path / 'run/state.pt'
    state.write_bytes(damage(state.read_bytes()))
    capsys.readouterr()
    assert train.main(command) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert error[-1].startswith(f'fairmot-train: {state} is damaged or of another run than tiny: ')
    assert 'Traceback' not in '\n'.join(error)


@pytest.mark.parametrize('content', [{}, [], {'network': 3}, torch.zeros(2)])
def test_a_state_with_other_content_is_reported_in_one_line(
    content: object, config: TrainingConfig, training_data: Path, tmp_path: Path
) -> None:
    torch.save(content, tmp_path / 'state.pt')
    with pytest.raises(TrainingError, match=r'state\.pt is damaged or of another run'):
        Trainer(config, training_data, tmp_path, 'cpu')


def test_a_full_disk_keeps_the_earlier_save(
    config_file: Path, training_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    run = tmp_path / 'run'
    command = [str(config_file), '--data', str(training_data), '--output', str(run)]
    assert train.main([*command, '--minutes', '0']) == 0
    before = {name: (run / name).read_bytes() for name in ('state.pt', 'weights.pth')}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before['state.pt']) // 2, limits[1]))
    try:
        code = train.main(command)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert code == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error == f'fairmot-train: {run}/state.pt cannot be written: File too large'
    assert {name: (run / name).read_bytes() for name in before} == before
    assert not list(run.glob('*.partial'))
    assert train.main(command) == 0, 'the run resumes'

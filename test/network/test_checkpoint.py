# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from fairmot_ros.network import (
    CheckpointError,
    architectures,
    create_network,
    load_checkpoint,
    save_checkpoint,
)
from fairmot_ros.network.checkpoint import initialise
from fairmot_ros.oldest_versions import is_older


def write_published(path: Path, state: dict[str, Tensor]) -> None:
    """Write a file as the published training code does."""
    state = {
        **{f'module.{key}': value for key, value in state.items()},
        'module.base.fc.weight': torch.zeros(1000, 512, 1, 1),
        'module.base.fc.bias': torch.zeros(1000),
    }
    moments = {0: {'step': 1, 'exp_avg': torch.zeros(3)}}
    optimizer = {'state': moments, 'param_groups': [{'lr': 1e-4}]}
    torch.save({'epoch': 30, 'state_dict': state, 'optimizer': optimizer}, path)


@pytest.mark.parametrize(
    ('reid_dim', 'wh_channels'), [(128, 4), (512, 2)], ids=['current', 'first generation']
)
@pytest.mark.skipif(is_older(torch.__version__, '2.0'), reason='torch 1 reads no numbers safely')
def test_published_form_loads(
    tmp_path: Path, with_named_weights: Callable, reid_dim: int, wh_channels: int
) -> None:
    network = with_named_weights(
        create_network('dla_34', reid_dim=reid_dim, wh_channels=wh_channels)
    )
    write_published(tmp_path / 'fairmot_dla34.pth', network.state_dict())
    loaded = load_checkpoint(tmp_path / 'fairmot_dla34.pth')
    assert loaded.info.architecture == 'dla_34'
    assert (loaded.sizes.reid_dim, loaded.sizes.wh_channels) == (reid_dim, wh_channels)
    assert not loaded.training
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        expected, got = network(image), loaded(image)
    assert all(torch.equal(expected[name], got[name]) for name in expected)


@pytest.mark.parametrize(
    ('architecture', 'options'),
    [
        *((name, {}) for name in architectures()),
        ('yolo', {'stem_channels': 16, 'head_conv': 48}),
        *(('yolo', {'stem_channels': 8, 'id_channels': 24, 'stride': s}) for s in (2, 4, 8)),
    ],
)
def test_architecture_and_sizes_are_read_from_the_file(
    tmp_path: Path, architecture: str, options: dict
) -> None:
    network = create_network(architecture, num_classes=2, reid_dim=24, **options)
    torch.save(network.state_dict(), tmp_path / 'bare.pth')
    loaded = load_checkpoint(tmp_path / 'bare.pth')
    assert loaded.info.architecture == architecture
    assert loaded.sizes == network.sizes
    assert loaded.state_dict().keys() == network.state_dict().keys()


def test_a_new_neck_for_the_embedding_starts_fresh(tmp_path: Path) -> None:
    torch.save(create_network('yolo', stem_channels=8).state_dict(), tmp_path / 'plain.pth')
    network = create_network('yolo', stem_channels=8, id_channels=16)
    fresh = {name: value.clone() for name, value in network.state_dict().items()}
    assert initialise(network, tmp_path / 'plain.pth') == ['id']
    same = {
        name
        for name, value in network.state_dict().items()
        if 'weight' in name and torch.equal(value, fresh[name]) and 'bn' not in name
    }
    assert same
    assert all(name.startswith(('id.', 'id_neck.')) for name in same)


def test_own_files_keep_what_is_known_of_the_model(tmp_path: Path) -> None:
    network = create_network('yolo', stem_channels=8)
    path = tmp_path / 'own.pth'
    save_checkpoint(network, path, half=True, name='mine', input_size=[640, 480], labels=['human'])
    loaded = load_checkpoint(path)
    assert (loaded.info.name, loaded.info.input_size) == ('mine', (640, 480))
    assert loaded.info.labels == ('human',)
    assert len(loaded.info.sha256) == 64
    assert {v.dtype for v in loaded.state_dict().values()} == {torch.float32, torch.int64}


def drop(state: dict, key: str) -> dict:
    return {k: v for k, v in state.items() if k != key}


@pytest.mark.parametrize(
    ('damage', 'message'),
    [
        (
            lambda s: drop(s, 'base.level2.root.conv.weight'),
            r'does not fit dla_34: missing base\.level2\.root\.conv\.weight',
        ),
        (lambda s: {**s, 'surprise': torch.zeros(1)}, 'unexpected surprise'),
        (
            lambda s: {**s, 'reg.0.weight': torch.zeros(256, 32, 3, 3)},
            r'wrong shape: reg\.0\.weight is \[256, 32, 3, 3\] instead of \[256, 64, 3, 3\]',
        ),
        (
            lambda s: {k: v for k, v in s.items() if not k.startswith('id.')},
            r'not a FairMOT checkpoint: it lacks id\.2\.weight',
        ),
        (lambda s: {'conv1.weight': torch.zeros(1)}, 'fits none of the known architectures'),
    ],
    ids=['missing', 'unexpected', 'wrong shape', 'detector without re-ID', 'another network'],
)
def test_a_wrong_file_is_refused_by_name(
    tmp_path: Path, damage: Callable[[dict], dict], message: str
) -> None:
    path = tmp_path / 'wrong.pth'
    torch.save({'epoch': 1, 'state_dict': damage(create_network('dla_34').state_dict())}, path)
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_tells_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no weights at .*'default' for the model"):
        load_checkpoint(tmp_path / 'none.pth')


@pytest.mark.parametrize(
    'content', [b'', b'not a checkpoint', b'PK\x03\x04 half a zip'], ids=['empty', 'text', 'cut']
)
def test_garbage_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / 'garbage.pth'
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match='not a readable torch checkpoint'):
        load_checkpoint(path)


class Bomb:
    def __reduce__(self) -> tuple:
        return (print, ('code ran',))


def test_code_in_a_file_is_never_run(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / 'bomb.pth'
    torch.save({'state_dict': {}, 'x': Bomb()}, path)
    with pytest.raises(CheckpointError, match='code is never run'):
        load_checkpoint(path)
    assert 'code ran' not in capsys.readouterr().out


def test_a_file_without_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'list.pth'
    torch.save([1, 2, 3], path)
    with pytest.raises(CheckpointError, match='holds no weights'):
        load_checkpoint(path)


def small_state() -> dict[str, torch.Tensor]:
    return dict(create_network('yolo', stem_channels=8).state_dict())


def save(state: dict, path: Path, **beside: object) -> Path:
    torch.save({'state_dict': state, **beside}, path)
    return path


@pytest.mark.parametrize(
    'prefix', ['module.', 'module.module.', '_orig_mod.', 'module._orig_mod.']
)
def test_prefixes_of_wrappers_are_stripped(tmp_path: Path, prefix: str) -> None:
    state = {prefix + key: value for key, value in small_state().items()}
    assert load_checkpoint(save(state, tmp_path / 'wrapped.pth')).info.architecture == 'yolo'


def test_counters_of_batch_normalisation_may_be_missing(tmp_path: Path) -> None:
    state = {k: v for k, v in small_state().items() if not k.endswith('num_batches_tracked')}
    assert load_checkpoint(save(state, tmp_path / 'old.pth')).info.architecture == 'yolo'


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_weights_that_are_not_finite_are_refused_by_name(tmp_path: Path, value: float) -> None:
    state = small_state()
    key = next(key for key in state if key.endswith('weight'))
    state[key] = state[key].clone()
    state[key].flatten()[3] = value
    with pytest.raises(CheckpointError, match=f'{key} has values that are not finite'):
        load_checkpoint(save(state, tmp_path / 'diverged.pth'))


def test_sizes_are_judged_before_anything_is_built(tmp_path: Path) -> None:
    state = {'id.2.weight': torch.zeros(1).expand(1 << 20, 1 << 12)}
    with pytest.raises(CheckpointError, match=r'id\.2\.weight declares 4294967296 numbers'):
        load_checkpoint(save(state, tmp_path / 'huge.pth'))
    path = save(small_state(), tmp_path / 'input.pth', input_size=[1 << 20, 1 << 20])
    with pytest.raises(CheckpointError, match='input_size is 1048576x1048576 pixels'):
        load_checkpoint(path)


def test_what_is_in_the_way_is_named_with_a_safe_remedy(tmp_path: Path) -> None:
    path = save(small_state(), tmp_path / 'args.pth', args=Namespace(lr=0.1))
    with pytest.raises(CheckpointError, match=r'argparse\.Namespace beside the weights') as caught:
        load_checkpoint(path)
    assert "torch.save({'state_dict': model.state_dict()}, path)" in str(caught.value)
    assert 'weights_only' not in str(caught.value)


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', str(tmp_path))
    save(small_state(), tmp_path / 'mine.pth')
    assert load_checkpoint('~/mine.pth').info.architecture == 'yolo'


def test_the_calibration_is_kept_without_numbers_outside_tensors(tmp_path: Path) -> None:
    network = create_network('yolo', stem_channels=8)
    network.info = replace(
        network.info, score_line=(1.5, 0.25), thresholds={'score_threshold': 0.8}
    )
    save_checkpoint(network, tmp_path / 'own.pth')
    content = torch.load(tmp_path / 'own.pth', weights_only=True)
    assert not [value for value in content.values() if isinstance(value, float)]
    info = load_checkpoint(tmp_path / 'own.pth').info
    assert info.score_line == (1.5, 0.25)
    assert info.thresholds == {'score_threshold': 0.8}

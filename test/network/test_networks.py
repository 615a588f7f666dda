# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from recordings import recordings
from torch import nn

from fairmot_ros.network import create_network, load_checkpoint
from fairmot_ros.network.registry import ARCHITECTURES

OWN_FIXTURES = Path(__file__).parent / 'data'
HEADS = ('hm', 'wh', 'id', 'reg')
PUBLISHED = [name for name in ARCHITECTURES if name != 'yolox_nano']
RELATIVE_TOLERANCE = 1e-4


def raw_heads(network: nn.Module, image_bgr: np.ndarray) -> dict[str, np.ndarray]:
    rgb = np.ascontiguousarray(image_bgr[:, :, ::-1]).astype(np.float32) / 255
    with torch.no_grad():
        output = network(torch.from_numpy(rgb).permute(2, 0, 1)[None])
    return {name: value.numpy() for name, value in output.items()}


def assert_same_heads(got: dict[str, np.ndarray], fixture: dict[str, np.ndarray]) -> None:
    for name in HEADS:
        expected = fixture[name]
        step = got[name].shape[1] // expected.shape[1]  # some hold every fourth channel
        error = np.abs(got[name][:, ::step] - expected).max()
        assert error <= RELATIVE_TOLERANCE * np.abs(expected).max(), name


@pytest.mark.parametrize('path', recordings('net_*.npz'))
def test_heads_equal_the_published_networks(path: Path, with_named_weights: Callable) -> None:
    architecture = path.stem.removeprefix('net_').rpartition('_')[0]
    fixture = dict(np.load(path))
    gain = 0.5 if architecture == 'hrnet_18' else 1.6  # as they were recorded
    network = with_named_weights(create_network(architecture), gain)
    assert_same_heads(raw_heads(network, fixture['image_bgr']), fixture)


@pytest.mark.parametrize('architecture', PUBLISHED)
def test_heads_equal_the_shipped_records(architecture: str, with_named_weights: Callable) -> None:
    fixture = dict(np.load(OWN_FIXTURES / f'{architecture}_32x64.npz'))
    network = with_named_weights(create_network(architecture))
    assert_same_heads(raw_heads(network, fixture['image_bgr']), fixture)


@pytest.mark.parametrize('path', recordings('state_dict_keys/*.txt.gz'))
def test_keys_are_the_published_ones(path: Path) -> None:
    architecture = path.name.removesuffix('.txt.gz')
    published = {}
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        if line and not line.startswith('#'):
            key, shape, _ = line.split()
            if not key.startswith('base.fc.'):
                published[key] = [] if shape == 'scalar' else [int(n) for n in shape.split('x')]
    state = create_network(architecture).state_dict()
    assert {key: list(value.shape) for key, value in state.items()} == published
    assert list(state) == list(published)


@pytest.mark.parametrize('architecture', PUBLISHED)
def test_maps_have_stride_4_and_the_asked_channels(architecture: str) -> None:
    network = create_network(architecture, num_classes=3, reid_dim=24, wh_channels=2).eval()
    with torch.no_grad():
        output = network(torch.rand(2, 3, 64, 96))
    shapes = {name: list(value.shape) for name, value in output.items()}
    assert shapes == {
        'hm': [2, 3, 16, 24],
        'wh': [2, 2, 16, 24],
        'id': [2, 24, 16, 24],
        'reg': [2, 2, 16, 24],
    }


@pytest.mark.parametrize('stride', [2, 8])
@pytest.mark.parametrize('architecture', PUBLISHED)
def test_the_stride_can_be_chosen_and_is_read_from_the_file(
    architecture: str, stride: int, tmp_path: Path
) -> None:
    network = create_network(architecture, reid_dim=8, head_conv=16, stride=stride)
    torch.save(network.state_dict(), tmp_path / 'strided.pth')
    loaded = load_checkpoint(tmp_path / 'strided.pth')
    assert (loaded.stride, loaded.info.architecture) == (stride, architecture)
    with torch.no_grad():
        output = loaded(torch.rand(1, 3, 32, 64))
    assert list(output['id'].shape) == [1, 8, 32 // stride, 64 // stride]


@pytest.mark.parametrize(
    ('architecture', 'options'),
    [*((name, {}) for name in PUBLISHED), ('yolo', {'id_channels': 24})],
)
def test_heads_at_cells_are_those_of_the_whole_maps(
    architecture: str, options: dict, with_named_weights: Callable
) -> None:
    network = with_named_weights(create_network(architecture, **options)).eval()
    with torch.no_grad():
        features = network.features(torch.rand(2, 3, 64, 96))
        maps = network.heads(features)
        height, width = maps['hm'].shape[-2:]
        corners = torch.tensor([0, width - 1, (height - 1) * width, height * width - 1])
        cells = torch.stack([corners, torch.randint(height * width, (4,))])
        found = network.heads_at(features, cells)
        assert torch.equal(network.heat_maps(features), maps['hm'])
        nowhere = network.heads_at(features, cells[:, :0])
        assert nowhere['id'].shape == (2, 0, network.sizes.reid_dim)
    for name, values in found.items():
        columns = cells[:, None].expand(-1, maps[name].shape[1], -1)
        expected = maps[name].flatten(2).gather(2, columns).transpose(1, 2)
        error = (values - expected).abs().max()
        assert error <= RELATIVE_TOLERANCE * maps[name].abs().max(), name


def test_a_neck_for_the_embedding_leaves_the_other_heads_alone(
    with_named_weights: Callable,
) -> None:
    image = torch.rand(1, 3, 64, 96)
    plain = with_named_weights(create_network('yolo')).eval()
    forked = with_named_weights(create_network('yolo', id_channels=16)).eval()
    with torch.no_grad():
        expected, got = plain(image), forked(image)
    for name in ('hm', 'wh', 'reg'):
        assert torch.equal(got[name], expected[name]), name
    assert got['id'].shape == expected['id'].shape
    assert not torch.allclose(got['id'], expected['id'])


def test_light_network_scales_with_its_stem() -> None:
    small, published = create_network('yolo', stem_channels=16), create_network('yolo')
    assert sum(p.numel() for p in published.parameters()) == 5_013_703
    assert sum(p.numel() for p in small.parameters()) < 1_400_000


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'architecture': 'dla34'}, r"unknown architecture 'dla34', expected one of .*dla_34"),
        ({'architecture': 'dla_34', 'stem_channels': 8}, 'does not take the option stem_channels'),
        ({'architecture': 'dla_34', 'num_classes': 0}, 'num_classes must be at least 1, got 0'),
        ({'architecture': 'yolo', 'wh_channels': 3}, 'wh_channels must be 2 or 4, got 3'),
        ({'architecture': 'yolo', 'stride': 3}, r'stride must be one of \(2, 4, 8\), got 3'),
    ],
)
def test_wrong_arguments_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        create_network(**arguments)


def test_input_must_be_a_multiple_of_32() -> None:
    with pytest.raises(ValueError, match='multiples of 32, got 100 x 64'):
        create_network('yolo')(torch.zeros(1, 3, 64, 100))

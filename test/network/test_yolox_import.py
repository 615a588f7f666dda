# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The imported YOLOX-nano computes what its ONNX file computes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yolox_graph
from recordings import full_recordings

from fairmot_ros.cli import import_network
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.yolox import YoloxNano
from fairmot_ros.network.yolox_import import PIXEL_RANGE, import_yolox_nano

SIZES = [(416, 416), (640, 480)]  # (width, height)
UNFOLDED, FOLDED = 1e-4, 1e-3  # tolerances


def onnx_files() -> list[Any]:
    """Return the published network with random weights and, where it is, with its own."""
    full = full_recordings()
    published = full and full / 'data/teachers/yolox_nano/yolox_nano.onnx'
    files = [pytest.param(None, id='random')]
    if published and published.is_file():
        files.append(pytest.param(published, id='published'))
    return files


@pytest.fixture(scope='module', params=onnx_files())
def onnx_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip('onnx')
    return request.param or yolox_graph.write_file(
        tmp_path_factory.mktemp('yolox') / 'yolox_nano.onnx'
    )


@pytest.fixture(scope='module')
def network(onnx_file: Path) -> YoloxNano:
    return import_yolox_nano(onnx_file)


@pytest.fixture(scope='module')
def session(onnx_file: Path) -> Any:
    pytest.importorskip('onnxruntime')
    return yolox_graph.free_session(onnx_file)


def noise_image(size: tuple[int, int]) -> np.ndarray:
    """BGR, uint8 [H, W, 3]."""
    return np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)


def rows_of(network: YoloxNano, images: torch.Tensor) -> np.ndarray:
    """Return what the ONNX file returns for one image: box, objectness and score of person."""
    rows = []
    with torch.inference_mode():
        levels = network.raw_levels(network.features(images))
    for classes, objectness, boxes in levels.values():
        maps = torch.cat((boxes, objectness.sigmoid(), classes.sigmoid()), 1)
        rows.append(maps[0].flatten(1).t())
    return torch.cat(rows).numpy()


def rgb_planes(image_bgr: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image_bgr[..., ::-1].copy()).permute(2, 0, 1)[None].float() / 255


def test_it_equals_the_recorded_rows(tmp_path: Path) -> None:
    """Without ONNX Runtime, which gave the rows."""
    pytest.importorskip('onnx')
    network = import_yolox_nano(yolox_graph.write_file(tmp_path / 'yolox_nano.onnx'))
    recorded = np.load(yolox_graph.ROWS)
    difference = np.abs(rows_of(network, rgb_planes(recorded['image_bgr'])) - recorded['rows'])
    assert difference.max() < UNFOLDED


@pytest.mark.parametrize('size', SIZES, ids=lambda size: f'{size[0]}x{size[1]}')
def test_it_equals_the_file_in_its_own_input_convention(
    onnx_file: Path, session: Any, size: tuple[int, int]
) -> None:
    """Take the folding of RGB in 0..1 back: BGR in 0..255."""
    unfolded = import_yolox_nano(onnx_file)
    weight = unfolded.backbone.stem.conv.conv.weight
    with torch.no_grad():
        weight.copy_(weight.unflatten(1, (4, 3)).flip(2).flatten(1, 2) / PIXEL_RANGE)
    image = noise_image(size)
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].float()
    difference = np.abs(rows_of(unfolded, planes) - yolox_graph.rows_of(session, image))
    assert difference.max() < UNFOLDED


@pytest.mark.parametrize('size', SIZES, ids=lambda size: f'{size[0]}x{size[1]}')
def test_it_equals_the_file_in_the_convention_of_the_package(
    network: YoloxNano, session: Any, size: tuple[int, int]
) -> None:
    image = noise_image(size)
    difference = np.abs(rows_of(network, rgb_planes(image)) - yolox_graph.rows_of(session, image))
    assert difference.max() < FOLDED


def test_the_original_file_gives_the_same_at_its_own_size(
    network: YoloxNano, onnx_file: Path
) -> None:
    runtime = pytest.importorskip('onnxruntime')
    fixed = runtime.InferenceSession(str(onnx_file), providers=['CPUExecutionProvider'])
    image = noise_image((416, 416))
    difference = np.abs(rows_of(network, rgb_planes(image)) - yolox_graph.rows_of(fixed, image))
    assert difference.max() < FOLDED


def test_the_command_writes_a_checkpoint_that_loads(
    network: YoloxNano, onnx_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / 'new/yolox_nano.pth'
    assert import_network.main([str(onnx_file), str(path)]) == 0
    assert 'yolox_nano.pth: yolox_nano, 896,754 parameters' in capsys.readouterr().out
    loaded = load_checkpoint(path)
    info = loaded.info
    assert (info.architecture, info.name) == ('yolox_nano', 'yolox_nano')
    assert (info.input_size, info.labels) == ((640, 480), ('person',))
    assert loaded.sizes.reid_dim == 0
    for key, value in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], value), key


def test_mistakes_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip('onnx')
    text = tmp_path / 'text.onnx'
    text.write_text('no network')
    for arguments, message in (
        ([tmp_path / 'none.onnx', tmp_path / 'a.pth'], 'no network at .*none.onnx'),
        ([text, tmp_path / 'a.pth'], 'text.onnx is not a'),
        ([text, tmp_path / 'a.onnx'], 'a.onnx must end in .pth'),
        ([text, tmp_path / 'a.pth', '--input-size', '600x400'], 'multiples of 32, got 600x400'),
    ):
        assert import_network.main([str(a) for a in arguments]) == 2
        error = capsys.readouterr().err
        assert error.startswith('fairmot-import: ')
        assert error.count('\n') == 1
        assert re.search(message, error), error


def test_another_network_is_told_from_yolox_nano(tmp_path: Path) -> None:
    """An ONNX file with two convolutions."""
    onnx = pytest.importorskip('onnx')
    from fairmot_ros.network import CheckpointError

    weight = onnx.numpy_helper.from_array(np.zeros((3, 3, 1, 1), np.float32), 'w')
    bias = onnx.numpy_helper.from_array(np.zeros(3, np.float32), 'b')
    image = onnx.helper.make_tensor_value_info('images', 1, [1, 3, 8, 8])
    output = onnx.helper.make_tensor_value_info('y', 1, [1, 3, 8, 8])
    nodes = [
        onnx.helper.make_node('Conv', [a, 'w', 'b'], [b]) for a, b in (('images', 'x'), ('x', 'y'))
    ]
    graph = onnx.helper.make_graph(nodes, 'g', [image], [output], [weight, bias])
    onnx.save(onnx.helper.make_model(graph), tmp_path / 'other.onnx')
    with pytest.raises(CheckpointError, match='is not YOLOX-nano: it has 2 convolutions'):
        import_yolox_nano(tmp_path / 'other.onnx')

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""An exported network finds what the network itself finds."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fairmot_ros.cli import export
from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.onnx_engine import METADATA, OnnxEngine
from fairmot_ros.network import CheckpointError, architectures, create_network, save_checkpoint

pytest.importorskip('onnxruntime')
pytest.importorskip('onnxscript')
onnx = pytest.importorskip('onnx')
SIZE = (96, 64)


def images(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (70, 90, 3), dtype=np.uint8) for _ in range(count)]


@pytest.fixture(scope='module')
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A checkpoint, and the same network exported."""
    folder = tmp_path_factory.mktemp('onnx')
    torch.manual_seed(2)
    network = create_network('yolo', stem_channels=8, reid_dim=12, id_channels=16)
    save_checkpoint(network, folder / 'model.pth', name='small', input_size=SIZE)
    assert export.main([str(folder / 'model.pth'), str(folder / 'model.onnx')]) == 0
    return folder / 'model.pth', folder / 'model.onnx'


@pytest.mark.parametrize('architecture', architectures())
def test_every_architecture_computes_the_same(
    architecture: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    torch.manual_seed(3)
    network = create_network(architecture)
    for name, parameter in network.named_parameters():
        if 'offset_mask' in name:  # fresh ones are zero: no tap would move
            torch.nn.init.normal_(parameter, std=0.05)
    save_checkpoint(network, tmp_path / 'model.pth')
    arguments = [str(tmp_path / 'model.pth'), str(tmp_path / 'new/model.onnx')]
    assert export.main([*arguments, '--input-size', '96x64']) == 0
    shown = capsys.readouterr().out
    assert f'model.onnx: {architecture}, 96 x 64' in shown
    differences = [float(line.split()[3]) for line in shown.splitlines()[1:]]
    assert len(differences) == len(network.eval().whole_maps(torch.zeros(1, 3, 32, 32)))
    assert max(differences) < 1e-4


def test_detections_are_those_of_the_network(files: tuple[Path, Path]) -> None:
    """Of several images at once too, with the name under which embeddings are compared."""
    own, exported = (Detector(f, device='cpu', score_threshold=0.05) for f in files)
    assert exported.info == own.info
    assert exported.model_name == own.model_name
    assert exported.embedding_size == own.embedding_size == 12
    expected, got = own.detect(images(3)), exported.detect(images(3))
    for a, b in zip(expected, got, strict=True):
        assert len(a) == len(b) > 0
        assert np.allclose(a.boxes_xyxy, b.boxes_xyxy, atol=1e-2)
        assert np.allclose(a.scores, b.scores, atol=1e-5)
        assert np.allclose(a.embeddings, b.embeddings, atol=1e-4)


@pytest.mark.parametrize(
    'odd',
    [
        {'name': None},
        {'labels': [3]},
        {'thresholds': {'score_threshold': 2}},
        {'input_size': [0, 9]},
    ],
)
def test_odd_metadata_are_refused(
    odd: dict[str, Any], files: tuple[Path, Path], tmp_path: Path
) -> None:
    model = onnx.load(files[1])
    (entry,) = (e for e in model.metadata_props if e.key == METADATA)
    entry.value = json.dumps({**json.loads(entry.value), **odd})
    onnx.save(model, tmp_path / 'odd.onnx')
    with pytest.raises(CheckpointError, match='odd.onnx was not made by fairmot-export'):
        OnnxEngine(tmp_path / 'odd.onnx')


def test_text_that_is_not_unicode_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    content = files[1].read_bytes()
    (tmp_path / 'odd.onnx').write_bytes(content.replace(b'"architecture"', b'"\xffrchitecture"'))
    with pytest.raises(CheckpointError, match='odd.onnx cannot be run by onnxruntime'):
        OnnxEngine(tmp_path / 'odd.onnx')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'input_size': (64, 64)}, r'model\.onnx takes images of 96 x 64 only, got .* 64 x 64'),
        ({'engine': 'torch'}, r"engine 'torch' does not take model\.onnx"),
        ({'precision': 'fp16'}, r"computes in fp32, got precision 'fp16'"),
        ({'device': 'cuda'}, "'cuda' is not available"),
    ],
)
def test_wrong_arguments_are_named(
    files: tuple[Path, Path], arguments: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Detector(files[1], **arguments)


def test_an_engine_takes_its_own_files_alone(files: tuple[Path, Path]) -> None:
    with pytest.raises(ValueError, match=r"engine 'onnxruntime' does not take model\.pth"):
        Detector(files[0], engine='onnxruntime')


def test_wrong_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match='make one with fairmot-export'):
        Detector(tmp_path / 'none.onnx')
    (tmp_path / 'garbage.onnx').write_bytes(b'no network')
    with pytest.raises(CheckpointError, match='cannot be run by onnxruntime'):
        Detector(tmp_path / 'garbage.onnx')
    linear = torch.nn.Linear(2, 2).eval()
    program = torch.onnx.export(linear, (torch.zeros(1, 2),), dynamo=True, verbose=False)
    program.save(tmp_path / 'other.onnx')
    with pytest.raises(CheckpointError, match='was not made by fairmot-export'):
        Detector(tmp_path / 'other.onnx')


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['none.pth', 'out.onnx'], 'no weights at none.pth'),
        (['default', 'out.trt'], 'out.trt must end in .onnx'),
        (['default', 'out.onnx', '--input-size', '100x64'], 'multiples of 32'),
    ],
)
def test_mistakes_of_the_command_are_one_sentence(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export.main(arguments) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ('package', 'advice'),
    [
        ('onnxruntime', 'install onnxruntime'),
        ('onnxscript', 'needs the packages onnx and'),
    ],
)
def test_a_missing_package_is_named(
    package: str,
    advice: str,
    files: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split('.')[0] == package:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, '__import__', without)
    assert export.main([str(files[0]), str(tmp_path / 'again.onnx')]) == 2
    assert advice in capsys.readouterr().err


def changed(source: Path, target: Path, **values: Any) -> Path:
    """Write an exported file with other metadata."""
    model = onnx.load(source)
    (entry,) = (entry for entry in model.metadata_props if entry.key == 'fairmot_ros')
    entry.value = json.dumps(json.loads(entry.value) | values)
    onnx.save(model, target)
    return target


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('input_size', [2**20, 2**20], 'input_size must be at most 8192 pixels'),
        ('input_size', [-32, 64], 'input_size must be .* in multiples of 32'),
        ('input_size', None, 'input_size is None'),
        ('input_size', [128, 64], 'declares an input of 128 x 64 and has .*64, 96'),
        (
            'embedding_size',
            2**40,
            f'declares embeddings of {2**40} numbers and computes such of 12',
        ),
        ('embedding_size', 'many', 'of another form'),
        ('labels', 'person', "labels are 'person' instead of a list"),
        ('name', 5, 'name is 5 instead of a string'),
        ('architecture', 'resnet', "architecture 'resnet' is unknown"),
        ('architecture', 'yolox_nano', 'cannot be run'),
        ('thresholds', {'score_threshold': float('nan')}, 'thresholds are'),
        ('thresholds', [1], 'of another form'),
    ],
)
def test_metadata_that_do_not_fit_are_refused(
    key: str, value: Any, message: str, files: tuple[Path, Path], tmp_path: Path
) -> None:
    path = changed(files[1], tmp_path / 'odd.onnx', **{key: value})
    with pytest.raises(CheckpointError, match=message) as caught:
        Detector(path, device='cpu')
    assert str(path) in str(caught.value)


def test_weights_that_are_not_finite_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    model = onnx.load(files[1])
    largest = max(model.graph.initializer, key=lambda weights: len(weights.raw_data))
    count = len(largest.raw_data) // 4
    largest.raw_data = np.full(count, np.nan, np.float32).tobytes()
    onnx.save(model, tmp_path / 'nan.onnx')
    with pytest.raises(CheckpointError, match=r'nan\.onnx: its output \w+ is not finite'):
        Detector(tmp_path / 'nan.onnx', device='cpu')


def test_a_path_that_cannot_be_looked_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match='cannot be read: .*File name too long'):
        Detector(tmp_path / ('x' * 300 + '.onnx'))


def test_files_hold_no_paths_of_this_machine(files: tuple[Path, Path]) -> None:
    content = files[1].read_bytes()
    assert str(Path(export.__file__).parents[1]).encode() not in content
    assert b'stack_trace' not in content

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Engines: the same results from each, the choice among them, converted networks on disk."""

from __future__ import annotations

import dataclasses
import logging
import os
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from full_disk import full_disk

from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines import (
    ENGINES,
    EngineOptions,
    conversion_cache,
    engine_names,
    load_engine,
)
from fairmot_ros.detector.engines.base import EngineError
from fairmot_ros.detector.engines.conversion_cache import ConversionCache
from fairmot_ros.detector.engines.torch_engine import TorchEngine
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint

SIZE = (96, 64)
OPTIONS = EngineOptions('cpu', input_size=SIZE)


def images(count: int = 1) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8) for _ in range(count)]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep converted networks out of the user's cache."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return tmp_path / 'cache' / 'fairmot_ros' / 'openvino'


@pytest.fixture(scope='module')
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('engines') / 'small.pth'
    network = create_network('yolo', stem_channels=4, head_conv=8, reid_dim=6)
    save_checkpoint(network, path, name='small', input_size=SIZE)
    return path


@pytest.mark.parametrize(
    ('architecture', 'options'),
    [
        ('dla_34', {}),
        ('yolo', {'stem_channels': 8, 'id_channels': 16}),
        ('yolox_nano', {}),
        ('yolox_nano', {'reid_dim': 0}),
    ],
)
def test_openvino_computes_what_torch_computes(
    architecture: str, options: dict, tmp_path: Path
) -> None:
    pytest.importorskip('openvino')
    from fairmot_ros.detector.engines.openvino_engine import OpenVinoEngine

    torch.manual_seed(3)
    network = create_network(architecture, **options)
    for name, parameter in network.named_parameters():
        if 'offset_mask' in name:  # fresh ones are zero: no tap would move
            torch.nn.init.normal_(parameter, std=0.05)
    save_checkpoint(network, tmp_path / 'model.pth')
    expected = TorchEngine(load_checkpoint(tmp_path / 'model.pth'), OPTIONS)(images(2))
    got = OpenVinoEngine(load_checkpoint(tmp_path / 'model.pth'), OPTIONS)(images(2))
    for a, b in zip(expected.levels, got.levels, strict=True):
        assert (a.scores - b.scores).abs().max() < 1e-3 * a.scores.max()
        cells = torch.arange(a.scores[0, 0].numel())
        for row in (0, 1):
            boxes = a.boxes_at(row, cells)
            assert (boxes - b.boxes_at(row, cells)).abs().max() < 1e-3 * boxes.abs().max()
    boxes = torch.tensor([[10.0, 5.0, 40.0, 60.0]])
    found = expected.embeddings_at(1, boxes)
    if found is None:
        assert got.embeddings_at(1, boxes) is None
    else:
        assert (found - got.embeddings_at(1, boxes)).abs().max() < 1e-4


@pytest.mark.parametrize('engine', ['torch', 'openvino'])
def test_a_network_stays_as_it_is_unless_the_engine_owns_it(engine: str) -> None:
    pytest.importorskip(engine)
    engine_type = import_module(f'fairmot_ros.detector.engines.{engine}_engine')
    make = engine_type.TorchEngine if engine == 'torch' else engine_type.OpenVinoEngine
    network = create_network('yolo', stem_channels=4, head_conv=8, reid_dim=6).train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    got = make(network, OPTIONS)(images(1))
    assert network.training
    after = network.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[key], before[key]) for key in before)
    owned = make(network, OPTIONS, copy=False)(images(1))
    assert torch.equal(owned.levels[0].scores, got.levels[0].scores)
    assert list(network.state_dict()) != list(before), 'batch norms are folded in place'


def test_auto_takes_the_fastest_that_is_installed(weights: Path) -> None:
    pytest.importorskip('openvino')
    assert engine_names() == ('auto', 'openvino', 'torch', 'onnxruntime')
    assert load_engine(weights, 'auto', OPTIONS).name == 'openvino'
    deterministic = dataclasses.replace(OPTIONS, deterministic=True)
    assert load_engine(weights, 'auto', deterministic).name == 'torch'


def without_openvino() -> str:
    return 'the package openvino is not installed'


def test_torch_takes_over_where_a_faster_engine_is_missing(
    weights: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    missing = dataclasses.replace(ENGINES['openvino'], why_unavailable=without_openvino)
    monkeypatch.setitem(ENGINES, 'openvino', missing)
    assert load_engine(weights, 'auto', OPTIONS).name == 'torch'
    assert caplog.messages == [
        'engine openvino would be faster, but the package openvino is not installed: using torch'
    ]
    with pytest.raises(
        ValueError, match=r"'openvino' is not available: the package .* use 'auto'"
    ):
        load_engine(weights, 'openvino', OPTIONS)


def test_torch_takes_over_where_a_faster_engine_cannot_run_the_network(
    weights: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(path: Path, options: EngineOptions) -> None:
        raise EngineError(f'OpenVINO cannot convert {path.stem}: no such operator')

    failing = dataclasses.replace(ENGINES['openvino'], load=fail, why_unavailable=lambda: '')
    monkeypatch.setitem(ENGINES, 'openvino', failing)
    assert load_engine(weights, 'auto', OPTIONS).name == 'torch'
    assert 'OpenVINO cannot convert small: no such operator: using torch' in caplog.text
    with pytest.raises(EngineError, match='no such operator'):
        load_engine(weights, 'openvino', OPTIONS)


def test_the_runtime_names_what_figures_depend_on(weights: Path) -> None:
    detector = Detector(weights, device='cpu', engine='torch')
    assert detector.runtime == f'torch {torch.__version__.split("+")[0]} (cpu, fp32)'
    detector = Detector(weights, device='cpu', deterministic=True)
    assert detector.runtime.endswith('(cpu, fp32, deterministic)')


@pytest.mark.parametrize(
    ('engine', 'device', 'message'),
    [
        ('magic', 'cpu', r"engine must be one of \('auto', .* got 'magic'"),
        ('onnxruntime', 'cpu', r"'onnxruntime' does not take small\.pth"),
        ('openvino', 'cuda', "runs on the CPU, got device 'cuda'"),
    ],
)
def test_wrong_engines_are_named(weights: Path, engine: str, device: str, message: str) -> None:
    if engine == 'openvino':
        pytest.importorskip('openvino')
    with pytest.raises(ValueError, match=message):
        load_engine(weights, engine, EngineOptions(device, input_size=SIZE))


class TestConversionCache:
    @pytest.fixture(autouse=True)
    def counted(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Count the conversions."""
        pytest.importorskip('openvino')
        from fairmot_ros.detector.engines import openvino_engine

        calls: list[str] = []
        convert = openvino_engine.convert

        def counting(network: object, size: tuple[int, int]) -> object:
            calls.append(f'{size[0]}x{size[1]}')
            return convert(network, size)

        monkeypatch.setattr(openvino_engine, 'convert', counting)
        return calls

    def test_a_network_is_converted_once(
        self, weights: Path, counted: list[str], own_cache: Path
    ) -> None:
        first, second = (Detector(weights, device='cpu', engine='openvino') for _ in range(2))
        assert counted == ['96x64']
        a, b = first(images()[0]), second(images()[0])
        assert np.array_equal(a.boxes_xyxy, b.boxes_xyxy)
        assert np.array_equal(a.embeddings, b.embeddings)
        assert sorted(p.suffix for p in own_cache.iterdir()) == ['.bin', '.xml']

    def test_other_weights_and_sizes_are_converted_again(
        self, weights: Path, counted: list[str], tmp_path: Path
    ) -> None:
        load_engine(weights, 'openvino', OPTIONS)
        load_engine(weights, 'openvino', EngineOptions('cpu', input_size=(64, 64)))
        other = create_network('yolo', stem_channels=4, head_conv=8, reid_dim=6)
        save_checkpoint(other, tmp_path / 'other.pth')
        load_engine(tmp_path / 'other.pth', 'openvino', OPTIONS)
        assert counted == ['96x64', '64x64', '96x64']

    def test_a_damaged_file_is_converted_again(
        self,
        weights: Path,
        counted: list[str],
        own_cache: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        load_engine(weights, 'openvino', OPTIONS)
        (path,) = own_cache.glob('*.xml')
        path.write_text('<net')
        load_engine(weights, 'openvino', OPTIONS)
        assert len(counted) == 2
        assert f'{path} is unreadable: the network is converted again' in caplog.text

    def test_weights_that_are_cut_off_are_converted_again(
        self,
        weights: Path,
        counted: list[str],
        own_cache: Path,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        engine = load_engine(weights, 'openvino', OPTIONS)
        (path,) = own_cache.glob('*.bin')
        os.truncate(path, path.stat().st_size // 2)
        again = load_engine(weights, 'openvino', OPTIONS)
        assert len(counted) == 2
        assert 'is converted again' in caplog.text
        for a, b in zip(engine(images()).levels, again(images()).levels, strict=True):
            assert torch.equal(a.scores, b.scores)

    def test_a_folder_that_cannot_be_looked_into_is_no_obstacle(
        self, weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        from fairmot_ros.detector.engines.openvino_engine import OpenVinoEngine

        cache = ConversionCache(tmp_path / ('x' * 300))  # an OSError, for the superuser too
        with caplog.at_level(logging.WARNING):
            engine = OpenVinoEngine(load_checkpoint(weights), OPTIONS, cache)
        assert len(engine(images()).levels) == 1
        assert 'cannot be stored in' in caplog.text

    def test_it_does_without_a_folder(
        self, weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        from fairmot_ros.detector.engines.openvino_engine import OpenVinoEngine

        (tmp_path / 'file').write_text('')
        cache = ConversionCache(tmp_path / 'file' / 'below')
        with caplog.at_level(logging.WARNING):
            engine = OpenVinoEngine(load_checkpoint(weights), OPTIONS, cache)
        assert len(engine(images()).levels) == 1
        assert 'cannot be stored in' in caplog.text

    def test_the_least_recently_used_models_are_removed(
        self, weights: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conversion_cache, 'MAX_MODELS', 2)
        for number, size in enumerate([(64, 64), (96, 64), (64, 64), (32, 32)]):
            load_engine(weights, 'openvino', EngineOptions('cpu', input_size=size))
            for path in own_cache.glob(f'*_{size[0]}x{size[1]}_*.xml'):
                os.utime(path, (number, number))
        left = sorted(path.stem.split('_')[1] for path in own_cache.glob('*.xml'))
        assert left == ['32x32', '64x64']
        assert len(list(own_cache.iterdir())) == 4

    def test_a_full_disk_during_a_conversion_is_named(
        self, weights: Path, own_cache: Path
    ) -> None:
        with full_disk(), pytest.raises(EngineError, match='check that the disk is not full'):
            load_engine(weights, 'openvino', OPTIONS)

    def test_files_of_killed_processes_are_removed(self, weights: Path, own_cache: Path) -> None:
        own_cache.mkdir(parents=True)
        old, new = own_cache / 'a.7.partial.bin', own_cache / 'b.8.partial.xml'
        for path in (old, new):
            path.write_text('')
        os.utime(old, (0, 0))
        load_engine(weights, 'openvino', EngineOptions('cpu', input_size=(32, 32)))
        assert not old.exists()
        assert new.exists(), 'another process may write it'

    def test_a_file_that_vanishes_meanwhile_is_no_problem(
        self, weights: Path, own_cache: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        own_cache.mkdir(parents=True)
        (own_cache / 'a.7.partial.xml').symlink_to('nowhere')  # listed, but cannot be examined
        load_engine(weights, 'openvino', EngineOptions('cpu', input_size=(32, 32)))
        assert caplog.text == ''
        assert len(list(own_cache.glob('*_32x32_*'))) == 2

    def test_fresh_networks_are_not_kept(self, own_cache: Path) -> None:
        from fairmot_ros.detector.engines.openvino_engine import OpenVinoEngine

        network = create_network('yolo', stem_channels=4, head_conv=8, reid_dim=6)
        OpenVinoEngine(network, OPTIONS, ConversionCache.default())
        assert not own_cache.exists()

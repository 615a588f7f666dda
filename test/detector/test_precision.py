# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reduced precisions: what stays in float32, what a statement allows, and exported int8 files."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.cli import export
from fairmot_ros.detector import Detector
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.detector.engines import EngineOptions, load_engine
from fairmot_ros.detector.engines.precision_choice import choose_by_statement
from fairmot_ros.detector.engines.precision_statement import (
    Drift,
    PrecisionStatement,
    StatementError,
    statement_path,
)
from fairmot_ros.network import CheckpointError, create_network, load_checkpoint, save_checkpoint
from fairmot_ros.network.base import Network

SIZE = (96, 64)
SMALL = Drift('openvino', 'bf16', -0.001, 2e-4, 9e-4, 600)


def image() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep converted networks out of the user's cache."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / 'small.pth'
    save_checkpoint(create_network('yolox_nano', reid_dim=16), path, input_size=SIZE)
    return path


def state(weights: Path, *drifts: Drift, **changed: object) -> Network:
    """Write a statement of a network's drifts; return the network."""
    network = load_checkpoint(weights)
    statement = PrecisionStatement(network.info.sha256, network.float32_modules, drifts)
    dataclasses.replace(statement, **changed).write(statement_path(weights))
    return network


class TestStatement:
    def test_it_is_read_as_it_was_written(self, weights: Path) -> None:
        network = state(weights, SMALL)
        read = PrecisionStatement.read(statement_path(weights))
        assert statement_path(weights).name == 'small.precision.json'
        assert read.holds_for(network)
        assert read.drift('openvino', 'bf16') == SMALL
        assert read.drift('openvino', 'int8') is None

    @pytest.mark.parametrize(
        ('changes', 'allowed'),
        [
            ({}, True),
            ({'average_precision': 0.005, 'cosine': 0.001}, True),
            ({'average_precision': -0.0051}, False),
            ({'average_precision': 0.0051}, False),
            ({'cosine': 0.0011}, False),
            ({'images': 0}, False),
        ],
    )
    def test_limits(self, changes: dict[str, float], allowed: bool) -> None:
        assert dataclasses.replace(SMALL, **changes).is_within_limits is allowed

    @pytest.mark.parametrize(
        'content',
        [
            'nothing',
            '{}',
            json.dumps({'sha256': '', 'float32_modules': [], 'drifts': [{'engine': 'openvino'}]}),
            json.dumps(
                {
                    'sha256': '',
                    'float32_modules': [],
                    'drifts': [{**dataclasses.asdict(SMALL), 'cosine': float('nan')}],
                }
            ),
        ],
    )
    def test_other_files_are_refused(self, content: str, tmp_path: Path) -> None:
        (tmp_path / 'x.precision.json').write_text(content)
        with pytest.raises(StatementError, match='is not a statement of fairmot-drift'):
            PrecisionStatement.read(tmp_path / 'x.precision.json')


class TestChoice:
    @pytest.mark.parametrize(
        ('drifts', 'native', 'precision', 'reason'),
        [
            ([SMALL], ('bf16',), 'bf16', 'is within 0.005 of AP and 0.001 of cosine'),
            ([SMALL], (), 'fp32', 'no instructions for reduced precisions'),
            ([], ('bf16',), 'fp32', 'no drift of bf16 is stated'),
            ([dataclasses.replace(SMALL, engine='torch')], ('bf16',), 'fp32', 'no drift of bf16'),
            ([dataclasses.replace(SMALL, cosine=0.1)], ('bf16',), 'fp32', 'exceeds 0.005 of AP'),
        ],
    )
    def test_auto_follows_the_statement(
        self, weights: Path, drifts: list, native: tuple, precision: str, reason: str
    ) -> None:
        network = state(weights, *drifts)
        choice = choose_by_statement(network, statement_path(weights), 'openvino', native)
        assert choice.precision == precision
        assert reason in choice.reason

    @pytest.mark.parametrize('changed', [{'sha256': 'other'}, {'float32_modules': ('head',)}])
    def test_a_statement_of_another_model_counts_for_nothing(
        self, weights: Path, changed: dict
    ) -> None:
        network = state(weights, SMALL, **changed)
        choice = choose_by_statement(network, statement_path(weights), 'openvino', ('bf16',))
        assert (choice.precision, 'other weights' in choice.reason) == ('fp32', True)

    def test_without_a_statement_it_is_fp32(self, weights: Path) -> None:
        detector = Detector(weights, device='cpu')
        assert detector.precision == 'fp32'
        assert detector.precision_reason

    def test_an_unreadable_statement_is_reported(
        self, weights: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        statement_path(weights).write_text('{')
        network = load_checkpoint(weights)
        choice = choose_by_statement(network, statement_path(weights), 'openvino', ('bf16',))
        assert choice.precision == 'fp32'
        assert 'small.precision.json is not a statement' in caplog.text

    def test_the_default_model_has_a_statement_that_holds(self) -> None:
        statement = PrecisionStatement.read(statement_path(DEFAULT_WEIGHTS))
        assert statement.holds_for(load_checkpoint(DEFAULT_WEIGHTS))
        assert statement.drift('openvino', 'bf16') is not None


def test_float32_modules_stay_in_float32(weights: Path) -> None:
    """In bf16, the marked convolutions run in float32; in torch they need no mark."""
    pytest.importorskip('openvino')
    from fairmot_ros.detector.engines.openvino_conversion import FLOAT32_NAME, convert
    from fairmot_ros.detector.engines.openvino_maps import CompiledMaps, native_precisions

    if 'bf16' not in native_precisions():
        pytest.skip('this CPU has no bf16')
    network = load_checkpoint(weights)
    model = convert(network, SIZE)
    maps = CompiledMaps(model, network.info, SIZE, 'bf16', EngineOptions())
    precisions: dict[bool, set[str]] = {True: set(), False: set()}
    for operator in maps.compiled.get_runtime_model().get_ops():
        notes = operator.get_rt_info()
        if 'layerType' in notes and notes['layerType'].astype(str) == 'Convolution':
            marked = operator.get_friendly_name().startswith(FLOAT32_NAME)
            precisions[marked].add(notes['runtimePrecision'].astype(str))
    assert precisions == {True: {'f32'}, False: {'bf16'}}
    assert network.float32_modules == ('backbone.dark2', 'id.project')


def test_deformable_convolutions_are_one_operator() -> None:
    pytest.importorskip('openvino')
    from fairmot_ros.detector.engines.openvino_conversion import convert
    from fairmot_ros.network.fuse import optimise_for_inference

    network = optimise_for_inference(create_network('resdcn_18', head_conv=8).eval())
    operators = [operator.get_type_name() for operator in convert(network, SIZE).get_ops()]
    assert operators.count('DeformableConvolution') == 3
    assert 'GridSample' not in operators


def test_a_network_without_embeddings_has_no_float32_module_of_them() -> None:
    assert create_network('yolox_nano', reid_dim=0).float32_modules == ('backbone.dark2',)


class TestOpenVinoFiles:
    @pytest.fixture(autouse=True)
    def needs_openvino(self) -> None:
        pytest.importorskip('openvino')

    @pytest.mark.parametrize('architecture', ['yolox_nano', 'dla_34'])
    def test_a_file_computes_what_the_network_computes(
        self, architecture: str, tmp_path: Path
    ) -> None:
        torch.manual_seed(3)
        network = create_network(architecture)
        save_checkpoint(network, tmp_path / 'a.pth', input_size=SIZE)
        assert export.main([str(tmp_path / 'a.pth'), str(tmp_path / 'a.xml')]) == 0
        own, exported = (
            Detector(tmp_path / f'a.{s}', score_threshold=0.0) for s in ('pth', 'xml')
        )
        assert (exported.engine, exported.precision) == ('openvino', 'fp32')
        assert exported.precision_reason == 'that of the exported file'
        assert exported.info == dataclasses.replace(own.info, score_line=exported.info.score_line)
        expected, got = own(image()), exported(image())
        assert np.allclose(expected.scores, got.scores, atol=1e-5)

    def test_int8_is_calibrated_on_a_folder(
        self, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture
    ) -> None:
        pytest.importorskip('nncf')
        (tmp_path / 'frames').mkdir()
        for number in range(3):
            cv2.imwrite(str(tmp_path / f'frames/{number}.png'), image())
        arguments = [str(weights), str(tmp_path / 'a.xml'), '--precision', 'int8']
        assert export.main([*arguments, '--calibration', str(tmp_path / 'frames')]) == 0
        assert 'calibrated on 3 images' in capsys.readouterr().out
        detector = Detector(tmp_path / 'a.xml')
        assert detector.precision == 'int8'
        assert detector.model_name == Detector(weights, device='cpu').model_name
        assert 'FakeQuantize' in (tmp_path / 'a.xml').read_text()

    @pytest.mark.parametrize(
        ('arguments', 'message'),
        [
            (['a.onnx', '--precision', 'int8', '--calibration', '.'], 'must end in .xml'),
            (['a.xml', '--precision', 'int8'], 'give their folder as --calibration'),
            (['a.xml', '--calibration', '.'], '--calibration needs --precision int8'),
            (['a.engine'], 'must end in .onnx or .xml'),
            (['a.xml', '--precision', 'int8', '--calibration', 'empty'], 'has no images'),
        ],
    )
    def test_mistakes_are_named(
        self,
        arguments: list[str],
        message: str,
        weights: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / 'empty').mkdir()
        assert export.main([str(weights), *arguments]) == 2
        assert message in capsys.readouterr().err

    def test_other_xml_files_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / 'a.xml').write_text('<net/>')
        with pytest.raises(CheckpointError, match=r'a\.xml cannot be read'):
            Detector(tmp_path / 'a.xml')
        with pytest.raises(CheckpointError, match='no exported network at'):
            Detector(tmp_path / 'b.xml')

    def test_the_size_and_precision_are_those_of_the_file(
        self, weights: Path, tmp_path: Path
    ) -> None:
        assert export.main([str(weights), str(tmp_path / 'a.xml')]) == 0
        with pytest.raises(ValueError, match='takes images of 96 x 64 only'):
            Detector(tmp_path / 'a.xml', input_size=(64, 64))
        with pytest.raises(ValueError, match='computes in fp32, got precision'):
            Detector(tmp_path / 'a.xml', precision='bf16')


def test_int8_of_a_checkpoint_is_refused(weights: Path) -> None:
    with pytest.raises(ValueError, match='precision int8 needs int8 weights'):
        load_engine(weights, 'torch', EngineOptions('cpu', 'int8'))

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Ways to execute a network: the same detections, results that stay, several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from half_precision import needs_type

from benchmarks.gpu.networks import clip_images, settled_network
from benchmarks.gpu.parity import LIMITS, differences
from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines import EngineOptions
from fairmot_ros.detector.engines.arithmetic import gpu_arithmetic
from fairmot_ros.detector.engines.base import EngineError
from fairmot_ros.detector.engines.compiled import compiled
from fairmot_ros.detector.engines.devices import PRECISIONS
from fairmot_ros.detector.engines.torch_engine import TorchEngine
from fairmot_ros.network import architectures, save_checkpoint
from fairmot_ros.types import Detections

SIZE = (160, 96)
DEVICES = ['cpu', pytest.param('cuda', marks=pytest.mark.gpu)]
ENGINES = ['torch', 'openvino', 'onnxruntime']


def images(seed: int = 0) -> list[np.ndarray]:
    sizes = [(90, 70), SIZE, (133, 300), (200, 200)]
    return [clip_images(5 * (seed + 1), size)[-1] for size in sizes]


def assert_close(a: Detections, b: Detections, tolerance: float = 1e-3) -> None:
    assert len(a) == len(b) > 0
    for name in ('boxes_xyxy', 'scores', 'embeddings'):
        assert np.allclose(getattr(a, name), getattr(b, name), atol=tolerance), name


@pytest.fixture(scope='module')
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp('execution') / 'small.pth'
    network = settled_network('yolox_nano')
    network.move_scores(2.0, 17.0)  # of random weights, all are far below one half
    save_checkpoint(network, path, input_size=list(SIZE))
    return path


@pytest.fixture(scope='module')
def detector_of(weights: Path) -> Callable[[str], Detector]:
    """Return a function that makes a detector with an engine, for the same network."""

    def make(engine: str) -> Detector:
        pytest.importorskip(engine)
        if engine != 'onnxruntime':
            return Detector(weights, device='cpu', engine=engine, max_detections=40)
        pytest.importorskip('onnxscript')
        from fairmot_ros.detector.onnx_export import export_onnx
        from fairmot_ros.network import load_checkpoint

        path = weights.with_suffix('.onnx')
        if not path.exists():
            export_onnx(load_checkpoint(weights), path, SIZE)
        return Detector(path, device='cpu', max_detections=40)

    return make


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('architecture', architectures())
def test_graphs_compute_what_the_cpu_computes(architecture: str, device: str) -> None:
    network = settled_network(architecture)
    batch = [images()[1], images(1)[1]]
    with torch.inference_mode():
        expected = TorchEngine(network, EngineOptions('cpu', 'fp32', SIZE))(batch)
        options = EngineOptions(device, 'fp32', SIZE, execution='graphs')
        got = TorchEngine(network, options)(batch)
        found = differences(expected, got, len(batch))
    assert all(value <= limit for value, limit in zip(found.values(), LIMITS['fp32'])), found


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('precision', ['fp32', 'fp16', 'bf16'])
def test_detections_of_the_default_model_are_the_same(precision: str, device: str) -> None:
    needs_type(PRECISIONS[precision], device)
    frame = clip_images(1, (768, 576))[0]
    size = (320, 256)
    expected = Detector(input_size=size, device='cpu', engine='torch', score_threshold=0.4)(frame)
    got = Detector(
        input_size=size,
        device=device,
        engine='torch',
        precision=precision,
        execution='graphs',
        score_threshold=0.4,
    )(frame)
    assert len(got) == len(expected) > 0
    tolerance = 4.0 if precision == 'bf16' else 1.0
    distance = np.abs(expected.boxes_xyxy[:, None] - got.boxes_xyxy[None]).max(axis=2)
    assert (distance.min(axis=1) < 4 * tolerance).all()
    cosine = (expected.embeddings * got.embeddings[distance.argmin(axis=1)]).sum(axis=1)
    assert (cosine > 1 - 0.02 * tolerance).all()


@pytest.mark.parametrize('engine', ENGINES)
def test_results_stay_when_the_detector_is_called_again(
    engine: str, detector_of: Callable[[str], Detector]
) -> None:
    detector = detector_of(engine)
    first = detector(images()[0])
    assert len(first) > 0
    kept = [first.boxes_xyxy.copy(), first.scores.copy(), first.embeddings.copy()]
    for _ in range(2):
        detector(images(1)[0])
        detector.detect(images(2))
    assert all(
        np.array_equal(before, now)
        for before, now in zip(kept, (first.boxes_xyxy, first.scores, first.embeddings))
    )


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('execution', ['eager', 'graphs'])
def test_results_of_torch_stay_on_every_device(execution: str, device: str, weights: Path) -> None:
    detector = Detector(
        weights, device=device, engine='torch', execution=execution, score_threshold=0.3
    )
    first = detector(images()[0])
    assert len(first) > 0
    kept = first.boxes_xyxy.copy(), first.embeddings.copy()
    detector.detect(images(1))
    detector(images(2)[0])
    assert np.array_equal(first.boxes_xyxy, kept[0])
    assert np.array_equal(first.embeddings, kept[1])


@pytest.mark.parametrize('engine', ENGINES)
def test_a_batch_of_any_sizes_is_what_single_images_are(
    engine: str, detector_of: Callable[[str], Detector]
) -> None:
    detector = detector_of(engine)
    singly = [detector(image) for image in images()]
    for found, expected in zip(detector.detect(images()), singly, strict=True):
        assert_close(found, expected)


@pytest.mark.parametrize('device', DEVICES)
def test_images_on_the_device_give_the_same(device: str, weights: Path) -> None:
    detector = Detector(
        weights, device=device, engine='torch', execution='graphs', precision='fp32'
    )
    expected = detector.detect(images())
    tensors = [torch.from_numpy(image).to(device) for image in images()]
    for found, wanted in zip(detector.detect(tensors), expected, strict=True):
        assert_close(found, wanted, 1e-6)
    boxes = expected[0].boxes_xyxy[:3]
    assert np.allclose(
        detector.embed(tensors[0], boxes), detector.embed(images()[0], boxes), atol=1e-6
    )


@pytest.mark.parametrize('engine', ENGINES)
def test_images_on_another_device_are_refused(
    engine: str, detector_of: Callable[[str], Detector]
) -> None:
    elsewhere = torch.zeros((9, 9, 3), dtype=torch.uint8, device='meta')
    with pytest.raises(ValueError, match='the image is on meta and the network on the CPU'):
        detector_of(engine)(elsewhere)
    with pytest.raises(ValueError, match=r'expected a BGR image, .* got torch.float32 \[9, 9, 3'):
        detector_of(engine)(torch.zeros((9, 9, 3)))


@pytest.mark.parametrize('device', DEVICES)
@pytest.mark.parametrize('shared', [True, False], ids=['one detector', 'two detectors'])
def test_two_threads_do_not_disturb_each_other(device: str, shared: bool, weights: Path) -> None:
    def make() -> Detector:
        return Detector(weights, device=device, engine='torch', execution='graphs')

    detectors = [make(), make()]
    if shared:
        detectors[1] = detectors[0]
    expected = [detectors[0].detect(images(seed)) for seed in (0, 1)]
    failures: list[str] = []

    def run(which: int) -> None:
        try:
            for _ in range(5):
                found = detectors[which].detect(images(which))
                for got, wanted in zip(found, expected[which], strict=True):
                    assert_close(got, wanted)
        except BaseException as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=run, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_warming_up_prepares_every_number_of_images(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for execution, expected in (('eager', [1]), ('graphs', [1, 2, 3])):
        detector = Detector(weights, device='cpu', engine='torch', execution=execution)
        counts: list[int] = []
        monkeypatch.setattr(detector, 'detect', lambda batch, seen=counts: seen.append(len(batch)))
        detector.warm_up(3)
        assert counts == expected


def test_more_detections_than_were_ranked_are_decoded_one_by_one(weights: Path) -> None:
    few, many = (
        Detector(
            weights,
            device='cpu',
            engine='torch',
            execution='graphs',
            max_detections=limit,
            score_threshold=0.0,
        )
        for limit in (2, 20)
    )
    few.max_detections = 20
    assert_close(few(images()[0]), many(images()[0]))


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({'execution': 'lazy'}, "execution must be 'auto', 'eager', .* got 'lazy'"),
        ({'precision': 'tf32'}, "precision 'tf32' needs a GPU: use 'fp32'"),
        ({'threads': -2}, r'threads must be within 0\.\.1024, got -2'),
    ],
)
def test_wrong_arguments_are_named(weights: Path, arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Detector(weights, device='cpu', engine='torch', **arguments)


def test_an_execution_of_torch_is_refused_for_other_engines(weights: Path) -> None:
    pytest.importorskip('openvino')
    with pytest.raises(ValueError, match="'graphs' is for engine 'torch', got engine 'openvino'"):
        Detector(weights, device='cpu', execution='graphs')


def test_a_function_that_cannot_be_compiled_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Callable:
        def call(_: torch.Tensor) -> dict:
            raise RuntimeError('no compiler\nand more')

        return call

    monkeypatch.setattr(torch, 'compile', fail)
    with pytest.raises(EngineError, match=r"cannot compile net: no compiler; use execution 'gra"):
        compiled(lambda images: {}, 'net')(torch.zeros(1))
    monkeypatch.delattr(torch, 'compile')
    with pytest.raises(EngineError, match=r"'compiled' needs torch 2, this is"):
        compiled(lambda images: {}, 'net')


def test_switches_of_the_gpu_are_set_for_a_while_only() -> None:
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul

    def switches() -> tuple[bool, ...]:
        return cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32, matmul.allow_tf32

    before = switches()
    with gpu_arithmetic(tf32=True, deterministic=True, tune=True):
        assert switches() == (True, False, True, False)
    with gpu_arithmetic(tf32=False, deterministic=False, tune=True):
        assert switches() == (False, True, False, False)
    assert switches() == before

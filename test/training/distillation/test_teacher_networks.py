# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Teacher networks: recognition of the family, preprocessing and decoding."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.boxes import iou_matrix
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.distillation.teachers.detectors import create_detector, parse_name
from fairmot_ros.training.distillation.teachers.fusion import fuse
from fairmot_ros.training.distillation.teachers.preprocessing import letterbox_top_left, stretch
from fairmot_ros.training.distillation.teachers.reidentification import ReidTeacher

PERSON = np.array([[254.1, 130.3, 405.4, 428.7]])
OPEN_MODEL_ZOO = (
    'person-detection-0201',
    'person-detection-0200',
    'person-detection-asl-0001',
    'pedestrian-detection-adas-0002',
)


def constant_network(path: Path, size: tuple[int, int], *outputs: np.ndarray) -> Path:
    """Write a network that returns constant outputs for every image of (width, height)."""
    openvino = pytest.importorskip('openvino', reason='teachers need OpenVINO')
    ops = openvino.opset13
    image = ops.parameter([1, 3, size[1], size[0]], np.float32, name='image')
    zero = ops.multiply(ops.reduce_mean(image, np.arange(4), keep_dims=False), np.float32(0))
    results = [ops.add(ops.constant(o.astype(np.float32)), zero) for o in outputs]
    if len(outputs) == 2:  # boxes and scores, behind which suppression follows
        results = [ops.non_max_suppression(*results, 10).output(0)]
    openvino.save_model(openvino.Model(results, [image]), path, compress_to_fp16=False)
    return path


@pytest.fixture(scope='module')
def image(reference_data: Path) -> np.ndarray:
    """An image of 640 x 480 pixels with one person, at `PERSON`."""
    with tarfile.open(reference_data / 'data/training/coco128.tar') as archive:
        member = next(m for m in archive if m.name.endswith('images/000000000510.jpg'))
        data = io.BytesIO(archive.extractfile(member).read())  # type: ignore[union-attr]
    return cv2.imdecode(np.frombuffer(data.getvalue(), np.uint8), cv2.IMREAD_COLOR)


def test_a_name_may_hold_a_size() -> None:
    assert parse_name('a/b.onnx') == (Path('a/b.onnx'), None)
    assert parse_name('a/b.onnx@640x480') == (Path('a/b.onnx'), (640, 480))
    assert parse_name('a@b.onnx') == (Path('a@b.onnx'), None)


def test_preprocessing_maps_boxes_back() -> None:
    image = np.zeros((60, 80, 3), np.uint8)
    image[30:, 40:] = 255
    stretched, scale = stretch(image, (40, 60))
    assert stretched.shape == (60, 40, 3) and stretched[45, 30, 0] == 255
    assert scale.tolist() == [2, 1, 2, 1]
    boxed, scale = letterbox_top_left(image, (40, 60), 114)
    assert boxed.shape == (60, 40, 3) and boxed[29, 39, 0] == 255
    assert (boxed[30:] == 114).all() and (boxed[:15] == 0).all()
    assert scale.tolist() == [2, 2, 2, 2]


def test_yolox_rows_are_decoded(tmp_path: Path) -> None:
    output = np.full((1, 84, 7), 0.0)  # 64 + 16 + 4 cells of 64 x 64 pixels
    output[0, 9] = [0.5, 0.25, np.log(2), np.log(3), 0.8, 0.5, 0.9]  # stride 8, column 1, row 1
    output[0, 82] = [0, 0.5, 0, 0, 1.0, 0.9, 0]  # stride 32, column 0, row 1
    output[0, 83] = [0, 0, 0, 0, 0.01, 0.9, 0]
    detector = create_detector(str(constant_network(tmp_path / 'yolox.xml', (64, 64), output)))
    found = detector(np.zeros((32, 64, 3), np.uint8))
    np.testing.assert_allclose(
        found, [[-16, 32, 16, 64, 0.9], [4, -2, 20, 22, 0.4]], rtol=1e-5, atol=1e-5
    )
    found = detector(np.zeros((128, 128, 3), np.uint8))
    np.testing.assert_allclose(found[1, :4], [8, -4, 40, 44], rtol=1e-5)


def test_fcos_boxes_are_suppressed(tmp_path: Path) -> None:
    boxes = np.array([[[0, 0, 10, 20], [1, 0, 11, 20], [30, 0, 40, 20], [0, 30, 10, 40]]])
    scores = np.array([[[0.6, 0.7, 0.5, 0.01]]])
    path = constant_network(tmp_path / 'fcos.xml', (64, 64), boxes, scores)
    found = create_detector(str(path))(np.zeros((64, 128, 3), np.uint8))
    np.testing.assert_allclose(found, [[2, 0, 22, 20, 0.7], [60, 0, 80, 20, 0.5]], rtol=1e-6)


def test_unsupported_files_are_reported(tmp_path: Path) -> None:
    path = constant_network(tmp_path / 'other.xml', (64, 64), np.zeros((1, 5, 7)))
    with pytest.raises(DataError, match=r'other\.xml is not a supported detector: expected SSD'):
        create_detector(str(path))
    with pytest.raises(DataError, match='not a re-identification network: expected one output'):
        ReidTeacher(path)
    (tmp_path / 'broken.onnx').write_bytes(b'no network')
    with pytest.raises(DataError, match=r'cannot read the network .*broken\.onnx'):
        create_detector(str(tmp_path / 'broken.onnx'))
    path = constant_network(tmp_path / 'yolox.xml', (64, 64), np.zeros((1, 84, 85)))
    with pytest.raises(DataError, match='multiples of 32, got 100x64'):
        create_detector(f'{path}@100x64')


def test_embeddings_of_boxes_at_the_border(tmp_path: Path) -> None:
    teacher = ReidTeacher(constant_network(tmp_path / 'reid.xml', (32, 64), np.ones((1, 6))))
    assert teacher.size == 6
    image = np.zeros((50, 40, 3), np.uint8)
    for box in ([-5, -5, 10, 20], [30, 40, 60, 70], [39.9, 49.9, 40, 50], [50, 60, 70, 80]):
        assert teacher(image, box).tolist() == [1] * 6


@pytest.fixture(scope='module')
def load(reference_data: Path) -> Callable[[str], object]:
    pytest.importorskip('openvino', reason='teachers need OpenVINO')
    folder = reference_data / 'data/teachers'
    return lambda name: create_detector(str(folder / name))


@pytest.mark.parametrize(
    'file',
    [
        *(f'{name}/{name}.xml' for name in OPEN_MODEL_ZOO),
        'yolox_nano/yolox_nano.onnx',
        'yolox_nano/yolox_nano.onnx@640x480',
    ],
)
def test_teachers_find_a_real_person(file: str, load: Callable, image: np.ndarray) -> None:
    found = load(file)(image)
    assert found[:, 4].argmax() == 0 and found[0, 4] > 0.5
    assert iou_matrix(found[:1, :4], PERSON).item() > 0.75


def test_fusion_of_teachers(load: Callable, image: np.ndarray) -> None:
    names = ('person-detection-0201', 'person-detection-asl-0001')
    files = [f'{name}/{name}.xml' for name in names]
    files += ['yolox_nano/yolox_nano.onnx', 'yolox_nano/yolox_nano.onnx@640x640']
    fused = fuse([load(file)(image) for file in files])
    assert iou_matrix(fused[:1, :4], PERSON).item() > 0.85
    assert (fused[1:, 4] < 0.25).all()

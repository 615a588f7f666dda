# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands with tiny inputs whose output does not fit on the disk.

Each function writes the inputs to a folder and returns the arguments; the output belongs to
`folder / 'out'`, which exists.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import yolox_graph
from bag_folders import CLIP, make_bags
from drawn_people import draw_people, write_training_data
from tuning_folders import write_folder

from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.network import create_network, save_checkpoint

TRAINED = """
architecture: yolo
network: {stem_channels: 8, head_conv: 8}
reid_dim: 8
input_size: [96, 64]
epochs: 1
batch_size: 4
workers: 0
sets: [{folder: people}]
"""
PLAN = """
base: {architecture: yolo, network: {stem_channels: 8, head_conv: 8}, reid_dim: 8, epochs: 1,
  input_size: [96, 64], batch_size: 4, workers: 0, sets: [{folder: people}]}
studies: {weighting: {learned: {}}}
seeds: [1]
scoring: {detection: {folder: people}, embedding: {folder: people}}
"""
PASTED = """
name: small
architecture: yolox_nano
input_size: [96, 64]
sets: [{folder: cut_outs, cut_outs: true}, {folder: backgrounds}]
composer: {width: 96, height: 64, person_height: [30, 40], background_share: 1.0,
  max_pasted: 5, max_distractors: 0}
"""


def small_weights(path: Path, **sizes: int) -> Path:
    """Write a small network with random weights."""
    network = create_network(
        'yolo', stem_channels=8, **{'reid_dim': 12, 'id_channels': 16, **sizes}
    )
    save_checkpoint(network, path, name='small', input_size=(96, 64))
    return path


def tiny_teacher(path: Path) -> Path:
    """Write a network that maps a crop to its mean colour."""
    openvino = pytest.importorskip('openvino', reason='needs OpenVINO')
    from openvino import opset8

    crop = opset8.parameter([1, 3, 32, 16], np.float32)
    mean = opset8.reduce_mean(crop, np.array([2, 3]), keep_dims=False)
    openvino.save_model(openvino.Model([mean], [crop]), path)
    return path


def ablation(folder: Path) -> list[object]:
    draw_people(folder / 'people', 8)
    (folder / 'plan.yaml').write_text(PLAN)
    return [folder / 'plan.yaml', '--data', folder, '--output', folder / 'out']


def bag2mot(folder: Path) -> list[object]:
    pytest.importorskip('rosbags', reason='needs rosbags')
    (bag,) = make_bags(folder, 1)
    return [bag, folder / 'out/gt.txt']


def calibrate(folder: Path) -> list[object]:
    import cv2

    from fairmot_ros.detector import Detector

    (folder / 'people/images').mkdir(parents=True)
    (image,) = islice(VideoSource(CLIP), 1)
    cv2.imwrite(str(folder / 'people/images/0.jpg'), image)
    boxes = Detector('default', (224, 160), score_threshold=0.2)(image).boxes_xyxy[::2].tolist()
    content = {
        'images': [
            {
                'id': 0,
                'file_name': 'images/0.jpg',
                'width': image.shape[1],
                'height': image.shape[0],
            }
        ],
        'annotations': [
            {'id': n, 'image_id': 0, 'bbox': [x, y, right - x, bottom - y]}
            for n, (x, y, right, bottom) in enumerate(boxes)
        ],
    }
    (folder / 'people/annotations.json').write_text(json.dumps(content))
    (folder / 'a.yaml').write_text(
        'name: a\narchitecture: yolox_nano\ninput_size: [224, 160]\nsets: [{folder: people}]\n'
    )
    return [folder / 'a.yaml', '--data', folder, '--output', folder / 'out/a.pth']


def drift(folder: Path) -> list[object]:
    pytest.importorskip('openvino', reason='needs OpenVINO')
    from fairmot_ros.cli import drift as command
    from fairmot_ros.detector.engines.openvino_maps import native_precisions

    if 'bf16' not in native_precisions():
        pytest.skip('this CPU has no bf16')
    draw_people(folder / 'people', 2)
    (folder / 'a.yaml').write_text(f'name: a\n{TRAINED}')
    weights = small_weights(folder / 'out/a.pth')
    arguments = [folder / 'a.yaml', '--weights', weights, '--data', folder]
    # Later, the networks come from the cache, and only the statement is written.
    assert command.main([*map(str, arguments)]) == 0
    return arguments


def identities(folder: Path) -> list[object]:
    from fairmot_ros.identities.store.identity_store import IdentityStore

    with IdentityStore(folder / 'people.db'):
        pass
    return ['report', folder / 'people.db', '--output', folder / 'out/page.html']


def import_network(folder: Path) -> list[object]:
    pytest.importorskip('onnx', reason='needs onnx')
    return [yolox_graph.write_file(folder / 'a.onnx'), folder / 'out/a.pth']


def pack(folder: Path) -> list[object]:
    draw_people(folder / 'people', 8)
    return [folder / 'people', '--output', folder / 'out/a.tar.gz']


def person_bank(folder: Path) -> list[object]:
    write_training_data(folder)
    (folder / 'a.yaml').write_text(
        f'name: a\n{TRAINED}'.replace(
            '[{folder: people}]', '[{folder: cut_outs, cut_outs: true}, {folder: backgrounds}]'
        )
    )
    teacher = tiny_teacher(folder / 'teacher.xml')
    output = ['--output', folder / 'out/bank', '--count', 20]
    return [folder / 'a.yaml', '--data', folder, '--teacher', teacher, *output]


def score(folder: Path) -> list[object]:
    draw_people(folder / 'people', 4)
    weights = small_weights(folder / 'a.pth')
    output = ['--output', folder / 'out/score.json', '--device', 'cpu']
    return ['detection', folder / 'people', '--weights', weights, *output]


def similarity(folder: Path) -> list[object]:
    write_training_data(folder)
    (folder / 'a.yaml').write_text(PASTED)
    weights = small_weights(folder / 'out/a.pth')
    return [folder / 'a.yaml', '--data', folder, '--weights', weights, '--samples', 400]


def teach(folder: Path) -> list[object]:
    draw_people(folder / 'out', 4)
    return [folder / 'out', '--reid', tiny_teacher(folder / 'teacher.xml')]


def tune(folder: Path) -> list[object]:
    pytest.importorskip('optuna', reason='needs optuna')
    inputs = [write_folder(folder / name, 2.2, seed) for seed, name in enumerate('ab')]
    search = ['--settings', 'lost_timeout', '--trials', 2, '--output', folder / 'out']
    return [*inputs, '--public-detections', *search]

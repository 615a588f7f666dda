# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Average precision on images that training left out, before and after training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures.markdown import table
from benchmarks.figures.markers import REPOSITORY
from benchmarks.figures.measured import Measured
from benchmarks.figures.training_sets import unpack
from benchmarks.teacher_detections import TEACHERS, network_file, yolox_file
from fairmot_ros.network import save_checkpoint
from fairmot_ros.network.yolox_import import import_yolox_nano
from fairmot_ros.training.config import DatasetConfig, read_names
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.data.teacher_labels import DETECTIONS
from fairmot_ros.training.distillation.teachers.detectors import create_detector
from fairmot_ros.training.distillation.teachers.labelling import label_boxes
from fairmot_ros.training.scoring.detection import make_detector, score_detection

LISTS = REPOSITORY / 'config' / 'training' / 'held_out'
#: Training sets whose held-out images decided; their labels are completed by four fused teachers.
DECIDED = ('indoor_corridor', 'clinic_cctv', 'factory_cctv', 'capston2', 'coco128')
#: Sets that no training and no decision used, as they are.
UNUSED = {'mot17_mini': 'MOT17, 12 frames', 'pennfudan': 'Penn-Fudan'}
FUSED = (
    yolox_file(416, 416),
    yolox_file(640, 640),
    network_file('person-detection-0201'),
    network_file('person-detection-asl-0001'),
)


def parts(measured: Measured) -> dict[str, str]:
    """Return the dataset `held-out`."""
    folder = measured.cache / 'sets'
    for name in DECIDED:
        unpack(name, folder, read_names(str(LISTS / f'{name}.txt')))
    for name in UNUSED:
        unpack(name, folder)
    unlabelled = [folder / n for n in DECIDED if not (folder / n / DETECTIONS).is_file()]
    if unlabelled:
        teachers = [create_detector(name) for name in FUSED]
        for path in unlabelled:
            label_boxes(teachers, path)
    rows = {
        'YOLOX-nano as imported': scores(str(imported(measured.cache)), folder),
        'default model': scores('default', folder),
    }
    head = ('AP at IoU 0.5', *DECIDED, 'mean of these', *UNUSED.values())
    return {
        'held-out': table(
            head,
            ((title, *(f'{v:.3f}' for v in _with_mean(values))) for title, values in rows.items()),
        )
    }


def imported(cache: Path) -> Path:
    """Return a checkpoint of YOLOX-nano as it was published."""
    path = cache / 'yolox_nano.pth'
    if not path.is_file():
        network = import_yolox_nano(TEACHERS / 'yolox_nano' / 'yolox_nano.onnx')
        info = network.info
        save_checkpoint(
            network, path, name=info.name, input_size=[640, 480], labels=list(info.labels)
        )
    return path


def scores(weights: str, folder: Path) -> list[float]:
    """Return the average precision on each set."""
    detector = make_detector(weights)
    values = []
    for name in (*DECIDED, *UNUSED):
        dataset = DatasetConfig(name)
        if name in DECIDED:
            dataset = DatasetConfig(name, only=str(LISTS / f'{name}.txt'), teacher=True)
        images = read_dataset(folder, dataset, Problems())
        values.append(float(score_detection(detector, images)['ap50']))
    return values


def _with_mean(values: Sequence[float]) -> list[float]:
    mean = float(np.mean(values[: len(DECIDED)]))
    return [*values[: len(DECIDED)], mean, *values[len(DECIDED) :]]

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Identification rate and false merges over the threshold, on people of real images."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures.training_sets import ARCHIVES, unpack
from benchmarks.identities.two_cameras import LAYOUTS, PartCamera
from benchmarks.sequences import LabelledSequence
from fairmot_ros.boxes import xywh_to_xyxy
from fairmot_ros.detector import Detector
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.problems import Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.scoring.embedding import choose_identities

THRESHOLDS = (0.3, 0.4, 0.5, 0.57, 0.6, 0.7, 0.8, 0.9, 0.93)
EVERY = 15  # frames of the sequence
CROPS = 1000
MARGIN = 1.0  # grey margin around a crop, as a share of its size

#: Embeddings [N, D], identities [N] and cameras [N].
Views = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]


def two_view_pairs(detector: Detector, sequence: LabelledSequence) -> Views:
    """Return the embeddings of labelled people in two parts of the images."""
    embeddings, identities, cameras = [], [], []
    for number, share in enumerate(LAYOUTS['no overlap']):
        camera = PartCamera.of(sequence, 'ab'[number], share)
        truth, _ = camera.truth(sequence)
        for frame, image in enumerate(sequence.images(), 1):
            rows = truth[truth[:, 0] == frame]
            if frame % EVERY or not len(rows):
                continue
            part = np.ascontiguousarray(image[:, camera.left : camera.right])
            embeddings.append(detector.embed(part, xywh_to_xyxy(rows[:, 2:6])))
            identities.append(rows[:, 1].astype(int))
            cameras.append(np.full(len(rows), number))
    return np.concatenate(embeddings), np.concatenate(identities), np.concatenate(cameras)


def crop_views(detector: Detector, folder: Path) -> Views:
    """Return the embeddings of crops of people; every crop counts as a camera of its own."""
    unpack('peta_reid', folder)
    images = read_dataset(folder, DatasetConfig('peta_reid'), Problems())
    embeddings, identities = [], []
    for labelled in choose_identities(images, CROPS, seed=0):
        sample = labelled.load()
        y, x = (round(MARGIN * side) for side in sample.image.shape[:2])
        grey = (128, 128, 128)
        image = cv2.copyMakeBorder(sample.image, y, y, x, x, cv2.BORDER_CONSTANT, value=grey)
        embeddings.append(detector.embed(image, sample.boxes_xyxy + np.float32([x, y, x, y])))
        identities.append(sample.identities)
    joined = np.concatenate(embeddings)
    return joined, np.concatenate(identities), np.arange(len(joined))


def rates(views: Views) -> list[tuple[float, float, float]]:
    """Return (threshold, share of the pairs of one person, of two people) above thresholds.

    Only pairs of different cameras are compared.
    """
    embeddings, identities, cameras = views
    first, second = np.triu_indices(len(embeddings), 1)
    apart = cameras[first] != cameras[second]
    first, second = first[apart], second[apart]
    similarity = np.einsum('nd,nd->n', embeddings[first], embeddings[second])
    same = identities[first] == identities[second]
    return [
        (t, float((similarity[same] > t).mean()), float((similarity[~same] > t).mean()))
        for t in THRESHOLDS
    ]


def report(weights: str) -> None:
    """Print the rates of all data that is there."""
    detector = Detector(weights, device='cpu')
    found = {}
    if LabelledSequence.available('PETS09-S2L1'):
        found['two views'] = two_view_pairs(detector, LabelledSequence.read('PETS09-S2L1'))
    if (ARCHIVES / 'peta_reid.tar').is_file():
        with TemporaryDirectory() as folder:
            found['crops'] = crop_views(detector, Path(folder))
    for name, views in found.items():
        count = len(np.unique(views[1]))
        print(f'{name}: {len(views[0])} views of {count} people; pairs above a threshold')
        print(f'{"threshold":>12}{"one person":>12}{"two people":>12}')
        for threshold, same, other in rates(views):
            print(f'{threshold:12.2f}{same:12.3f}{other:12.4f}')

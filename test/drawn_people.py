# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Small training datasets: labelled images, backgrounds and cut-outs."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np


def _write_dataset(folder: Path, images: list[dict], annotations: list[dict]) -> None:
    (folder / 'annotations.json').write_text(
        json.dumps({'images': images, 'annotations': annotations})
    )


def write_training_data(root: Path) -> Path:
    """Write the datasets `people`, `backgrounds` and `cut_outs`; return their folder."""
    rng = np.random.default_rng(3)
    for name in ('people/images', 'backgrounds', 'cut_outs/images', 'cut_outs/masks'):
        (root / name).mkdir(parents=True)

    images, annotations = [], []
    for i in range(4):
        image = rng.integers(90, 130, (120, 160, 3), dtype=np.uint8)
        x, y, w, h = 20 + 20 * i, 30, 24, 60
        image[y : y + h, x : x + w] = rng.integers(0, 256, 3)
        cv2.imwrite(str(root / f'people/images/{i}.jpg'), image)
        images.append({'id': i, 'file_name': f'images/{i}.jpg', 'width': 160, 'height': 120})
        annotations.append({'id': i, 'image_id': i, 'bbox': [x, y, w, h]})
        cv2.imwrite(str(root / f'backgrounds/{i}.png'), rng.integers(0, 60, (100, 140, 3)))
    annotations.append({'id': 9, 'image_id': 0, 'bbox': [0, 0, 5, 5], 'ignore': 1})
    _write_dataset(root / 'people', images, annotations)

    images, annotations = [], []
    for i in range(3):
        image = np.full((80, 50, 3), 200, np.uint8)
        mask = np.zeros((80, 50), np.uint8)
        mask[10:70, 15:35] = 255
        image[mask > 0] = rng.integers(0, 256, 3)
        cv2.imwrite(str(root / f'cut_outs/images/{i}.jpg'), image)
        cv2.imwrite(str(root / f'cut_outs/masks/{i}.png'), mask)
        images.append(
            {
                'id': i,
                'file_name': f'images/{i}.jpg',
                'mask': f'masks/{i}.png',
                'mask_ok': 1,
            }
        )
        annotations.append({'id': i, 'image_id': i, 'bbox': [15, 10, 20, 60]})
    _write_dataset(root / 'cut_outs', images, annotations)
    return root


def draw_people(folder: Path, count: int, seed: int = 0) -> None:
    """Write a dataset of 96 x 64 images of one to three two-coloured people each."""
    rng = np.random.default_rng(seed)
    (folder / 'images').mkdir(parents=True)
    images, annotations = [], []
    for i in range(count):
        image = rng.integers(80, 140, (64, 96, 3), dtype=np.uint8)
        places = rng.permutation(4)[: rng.integers(1, 4)]
        for place in places:
            w, h = int(rng.integers(8, 14)), int(rng.integers(24, 36))
            x, y = int(24 * place + rng.integers(2, 9)), int(rng.integers(2, 26))
            image[y : y + h // 2, x : x + w] = rng.integers(150, 256, 3)
            image[y + h // 2 : y + h, x : x + w] = rng.integers(0, 70, 3)
            annotations.append({'id': len(annotations), 'image_id': i, 'bbox': [x, y, w, h]})
        cv2.imwrite(str(folder / f'images/{i}.png'), image)
        images.append({'id': i, 'file_name': f'images/{i}.png', 'width': 96, 'height': 64})
    _write_dataset(folder, images, annotations)

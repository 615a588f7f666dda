# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import numpy as np
import pytest
from recordings import recordings

from fairmot_ros.detector.letterbox import letterbox, map_to_image, map_to_input

SIZES = [(270, 480), (240, 320), (300, 200), (77, 333)]


@pytest.mark.parametrize('shape', SIZES)
@pytest.mark.parametrize('path', recordings('letterbox_272x152.npz'))
def test_equals_the_published_code(path: Path, shape: tuple[int, int]) -> None:
    fixture = np.load(path)
    name = f'{shape[0]}x{shape[1]}'
    got = letterbox(fixture[f'in_{name}'], (272, 152)).astype(int)
    assert np.abs(got - fixture[f'out_{name}']).max() <= 1  # one grey level between OpenCVs


@pytest.mark.parametrize('shape', [*SIZES, (152, 272), (1, 1), (1, 500), (1080, 1920)])
def test_any_image_fits(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 200, np.uint8)
    boxed = letterbox(image, (272, 152))
    assert boxed.shape == (152, 272, 3)
    assert set(np.unique(boxed)) <= {128, 200}
    inside = np.argwhere(boxed[:, :, 0] == 200)
    # Centred: what is left and right, above and below, differs by one pixel at most.
    before, after = inside.min(axis=0), np.array([151, 271]) - inside.max(axis=0)
    assert np.abs(before - after).max() <= 1
    assert (np.minimum(before, after) == 0).any()


def test_an_image_of_the_right_size_is_not_touched() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    assert np.array_equal(letterbox(image, (96, 64)), image)


@pytest.mark.parametrize('size', [(1920, 1080), (640, 480), (200, 300)])
def test_boxes_come_back_to_where_they_were_drawn(size: tuple[int, int]) -> None:
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    box = np.array([0.3 * width, 0.2 * height, 0.5 * width, 0.7 * height]).round()
    image[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])] = 255
    seen = np.argwhere(letterbox(image, (544, 320))[:, :, 0] > 190)
    in_map = np.array([[*seen.min(axis=0)[::-1], *(seen.max(axis=0)[::-1] + 1)]]) / 4
    back = map_to_image(in_map.astype(np.float32), (136, 80), (width, height))
    pixel = max(width / 544, height / 320)  # one pixel of the network's input
    assert np.abs(back - box).max() <= 1.01 * pixel


def test_small_images_are_only_padded_where_they_are_not_to_be_enlarged() -> None:
    image = np.full((120, 160, 3), 200, np.uint8)
    boxed = letterbox(image, (320, 256), enlarge=False)
    rows, columns = np.nonzero(boxed[:, :, 0] == 200)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (68, 187, 80, 239)
    box = np.array([[80, 68, 240, 188]], np.float32)
    assert map_to_image(box, (320, 256), (160, 120), False).tolist() == [[0, 0, 160, 120]]
    large = np.zeros((512, 640, 3), np.uint8)
    assert np.array_equal(
        letterbox(large, (320, 256), enlarge=False), letterbox(large, (320, 256))
    )


@pytest.mark.parametrize('enlarge', [True, False])
@pytest.mark.parametrize('size', [(1920, 1080), (160, 120), (320, 256)])
def test_boxes_go_to_the_input_and_back(size: tuple[int, int], enlarge: bool) -> None:
    boxes = np.array([[3, 5, 40, 90], [-8, 0, 2000, 31]], np.float32)
    there = map_to_input(boxes, (320, 256), size, enlarge)
    assert np.allclose(map_to_image(there, (320, 256), size, enlarge), boxes, atol=1e-3)

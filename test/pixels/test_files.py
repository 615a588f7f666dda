# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.pixels import ImageError, read_image_file

IMAGE = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)


@pytest.mark.parametrize('suffix', ['.png', '.bmp', '.ppm'])
def test_image_file_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f'a{suffix}'
    cv2.imwrite(str(path), IMAGE)
    assert np.array_equal(read_image_file(path), IMAGE)


def damaged(folder: Path, kind: str) -> Path:
    path = folder / 'a.png'
    data = cv2.imencode('.png', IMAGE)[1].tobytes()
    if kind == 'empty':
        path.write_bytes(b'')
    elif kind == 'text':
        path.write_text('no image')
    elif kind == 'chunk':
        place = data.index(b'IDAT') - 4
        path.write_bytes(data[:place] + b'\xff\xff\xff\xff' + data[place + 4 :])
    elif kind == 'folder':
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ('kind', 'reason'),
    [
        ('empty', 'the file is empty'),
        ('text', 'the file is not an image'),
        ('chunk', 'the file is truncated'),
        ('folder', 'Is a directory'),
        ('missing', 'No such file'),
    ],
)
def test_error_names_file_and_reason(tmp_path: Path, kind: str, reason: str) -> None:
    path = damaged(tmp_path, kind)
    with pytest.raises(ImageError, match=f'the image {path} cannot be read: .*{reason}'):
        read_image_file(path)


def test_large_image_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / 'a.png'
    cv2.imwrite(str(path), IMAGE)
    with pytest.raises(ImageError, match=r'a\.png cannot be read: .* 32 x 24 pixels, more than'):
        read_image_file(path, max_pixels=32 * 24 - 1)

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands that write files say which one does not fit on the disk, and leave no part of it.

Others: test/cli/test_bag_commands.py, test/cli/test_evaluate_command.py, test/training/.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from full_disk import full_disk

from fairmot_ros.cli import convert, export
from fairmot_ros.files.writing import PARTIAL
from fairmot_ros.network import create_network, save_checkpoint


def converted(folder: Path) -> list[str]:
    """Return the arguments of a conversion."""
    sequence = folder / 'mot/A'
    (sequence / 'gt').mkdir(parents=True)
    (sequence / 'img1').mkdir()
    rows = '\n'.join(f'1,{i},{10 * i},10,20,40,1,1,1' for i in range(1, 8))
    (sequence / 'gt/gt.txt').write_text(rows)
    cv2.imwrite(str(sequence / 'img1/000001.jpg'), np.zeros((80, 100, 3), np.uint8))
    return [str(folder / 'mot'), str(folder / 'out'), '--format', 'mot']


def exported(folder: Path) -> list[str]:
    """Return the arguments of an export."""
    network = create_network('yolo', stem_channels=8, reid_dim=12, id_channels=16)
    save_checkpoint(network, folder / 'model.pth', name='small', input_size=(64, 32))
    (folder / 'out').mkdir()
    return [str(folder / 'model.pth'), str(folder / 'out/model.onnx')]


@pytest.mark.parametrize(
    ('main', 'prepare', 'room'),
    [(convert.main, converted, 100), (export.main, exported, 1000)],
    ids=['convert', 'export'],
)
def test_the_file_is_named_and_no_part_is_left(
    main: Callable[[list[str]], int],
    prepare: Callable[[Path], list[str]],
    room: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = prepare(tmp_path)
    capsys.readouterr()
    with full_disk(room):
        code = main(arguments)
    error = capsys.readouterr().err
    assert code == 2, error
    assert 'Traceback' not in error
    assert f'{tmp_path}/out' in error
    assert 'cannot be written: File too large' in error
    assert not list((tmp_path / 'out').rglob(f'*{PARTIAL}'))

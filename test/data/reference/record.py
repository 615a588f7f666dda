# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the files of this folder from the full recordings; README.md says what they are.

Run by hand: `python test/data/reference/record.py FOLDER`. FOLDER holds `fixtures/`,
`reference/state_dict_keys/` and `data/teachers/`, as `FAIRMOT_TEST_DATA` does.
"""

from __future__ import annotations

import gzip
import shutil
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parents[1]))

import yolox_graph  # noqa: E402

COPIED = (
    'edge_cases.npz',
    'gaussian_radius.csv',
    'letterbox_272x152.npz',
    'loss.npz',
    'net_dlaconv_34_64x96.npz',
    'net_hrnet_18_64x96.npz',
    'net_resdcn_34_64x96.npz',
    'net_resfpndcn_34_64x96.npz',
    'net_yolo_64x96.npz',
    'random_affine_272x152.npz',
    'scene_e_lowfps_100x25.fairmot.states.npz',
    'scene_e_lowfps_100x25.npz',
    'targets_1088x608.npz',
)
VARIANTS = ('byte', 'byte_reid', 'fairmot')


def keep_every_fourth_embedding_channel(source: Path, target: Path) -> None:
    """Reduce the `id` map as in the recordings of the other networks."""
    arrays = dict(np.load(source))
    np.savez_compressed(target, **{**arrays, 'id': arrays['id'][:, ::4]})


def clear_cells_that_are_not_read(source: Path, target: Path) -> None:
    """Set all cells but those of the recorded detections to zero, in the maps read at peaks.

    The heat map stays as it is. A decoder that reads another cell finds zeros, which are no
    recorded box.
    """
    arrays = dict(np.load(source))
    cells = np.unique(arrays['inds'])
    for name in ('wh', 'reg', 'id'):
        values = arrays[name].reshape(*arrays[name].shape[:2], -1)
        cleared = np.zeros_like(values)
        cleared[:, :, cells] = values[:, :, cells]
        arrays[name] = cleared.reshape(arrays[name].shape)
    np.savez_compressed(target, **arrays)


def pack_text(source: Path, target: Path) -> None:
    """Write a text, packed, without the time, so that the same text is the same file."""
    packed = source.with_name(source.name + '.gz')
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else source.read_bytes()
    target.write_bytes(gzip.compress(text, mtime=0))


def main(recordings: Path) -> None:
    """Write all files but README.md."""
    fixtures = recordings / 'fixtures'
    for name in COPIED:
        shutil.copyfile(fixtures / name, FOLDER / name)
    name = 'net_dla_34_96x160.npz'
    keep_every_fourth_embedding_channel(fixtures / name, FOLDER / name)
    name = 'decode_80x144.npz'
    clear_cells_that_are_not_read(fixtures / name, FOLDER / name)
    for scene in ('edge_cases', 'scene_e_lowfps_100x25'):
        for variant in VARIANTS:
            name = f'{scene}.{variant}.txt'
            pack_text(fixtures / name, FOLDER / f'{name}.gz')
    (FOLDER / 'state_dict_keys').mkdir(exist_ok=True)
    for path in (recordings / 'reference' / 'state_dict_keys').glob('*.txt'):
        pack_text(path, FOLDER / 'state_dict_keys' / f'{path.name}.gz')
    teacher = recordings / 'data' / 'teachers' / 'yolox_nano'
    shutil.copyfile(teacher / 'LICENSE', FOLDER / 'yolox_nano.LICENSE')
    yolox_graph.record(teacher / 'yolox_nano.onnx')


if __name__ == '__main__':
    main(Path(sys.argv[1]))

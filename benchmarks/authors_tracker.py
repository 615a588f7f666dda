# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The tracker of a checkout of ifzhang/FairMOT, to be timed beside this one.

The checkout is read as it is. Left out of `JDETracker.update` is the network; what the module
imports for it is replaced by empty modules, and NumPy gets back the names it had at the time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from fairmot_ros.boxes import iou_matrix
from fairmot_ros.types import Detections

OPTIONS = SimpleNamespace(conf_thres=0.4, track_buffer=30)
#: Start and end of the part of `JDETracker.update` that runs the network.
NETWORK = ('        width = img0.shape[1]', '        remain_inds =')
#: Modules that serve the network alone, with the names that are imported from them.
UNUSED = {
    'torch': (),
    'torch.nn': (),
    'torch.nn.functional': (),
    'models': (),
    'models.decode': ('mot_decode',),
    'models.model': ('create_model', 'load_model'),
    'models.utils': ('_tranpose_and_gather_feat',),
    'tracking_utils.log': ('logger',),
    'tracking_utils.utils': (),
    'utils.image': ('get_affine_transform',),
    'utils.post_process': ('ctdet_post_process',),
}


def read(tracks: list[Any]) -> list[tuple[int, np.ndarray]]:
    """Return ids and boxes."""
    return [(track.track_id, track.tlwh) for track in tracks]


def load(checkout: Path) -> Callable[[], Callable[[Detections, float], list[Any]]]:
    """Return a maker of update functions.

    Args:
        checkout: folder of the repository; `src/lib/tracker` and
            `src/lib/tracking_utils/kalman_filter.py` are read.

    Raises:
        FileNotFoundError: if one of these files is missing.
    """
    folder = checkout / 'src' / 'lib'
    source = (folder / 'tracker' / 'multitracker.py').read_text()
    start, end = (source.index(line) for line in NETWORK)
    source = source[:start] + '        dets, id_feature = im_blob\n' + source[end:]
    before = dict(sys.modules)
    try:
        _replace_imports()
        np.float = float
        _read('tracking_utils.kalman_filter', folder / 'tracking_utils' / 'kalman_filter.py')
        for name in ('basetrack', 'matching'):
            _read(f'tracker.{name}', folder / 'tracker' / f'{name}.py')
        module = _execute('tracker.multitracker', source)
    finally:
        sys.modules.clear()
        sys.modules.update(before)

    def make() -> Callable[[Detections, float], list[Any]]:
        tracker = object.__new__(module.JDETracker)
        tracker.opt, tracker.frame_id, tracker.det_thresh = OPTIONS, 0, OPTIONS.conf_thres
        tracker.max_time_lost = OPTIONS.track_buffer
        tracker.tracked_stracks, tracker.lost_stracks, tracker.removed_stracks = [], [], []
        tracker.kalman_filter = module.KalmanFilter()
        module.BaseTrack._count = 0

        def update(detections: Detections, _: float) -> list[Any]:
            rows = np.column_stack((detections.boxes_xyxy, detections.scores))
            assert detections.embeddings is not None
            return tracker.update((rows, detections.embeddings.copy()), None)

        return update

    return make


def _replace_imports() -> None:
    for name, imported in UNUSED.items():
        module = ModuleType(name)
        for attribute in imported:
            setattr(module, attribute, None)
        sys.modules[name] = module
    sys.modules['torch'].nn = sys.modules['torch.nn']
    sys.modules['torch.nn'].functional = sys.modules['torch.nn.functional']
    sys.modules['tracking_utils.log'].logger = SimpleNamespace(debug=lambda *_: None)
    for name in ('tracker', 'tracking_utils', 'utils'):
        sys.modules[name] = ModuleType(name)
    try:
        import cython_bbox  # noqa: F401
    except ImportError:
        overlaps = ModuleType('cython_bbox')
        overlaps.bbox_overlaps = _overlaps
        sys.modules['cython_bbox'] = overlaps


def _overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Stand in for cython_bbox, whose boxes include their last pixel."""
    last_pixel = np.array([0.0, 0.0, 1.0, 1.0])
    return iou_matrix(a + last_pixel, b + last_pixel)


def _read(name: str, path: Path) -> None:
    _execute(name, path.read_text())


def _execute(name: str, source: str) -> Any:
    module = ModuleType(name)
    package, _, short = name.rpartition('.')
    module.__package__ = package
    sys.modules[name] = module
    exec(compile(source, name, 'exec'), module.__dict__)
    setattr(sys.modules[package], short, module)
    return module

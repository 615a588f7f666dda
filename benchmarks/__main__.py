"""Run with ``python -m benchmarks`` (or ``make bench``)."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from benchmarks import network_speed, tracker_speed
from benchmarks.calibration import calibrate
from fairmot_ros.tracker.assignment import BACKEND

PARTS = ('network', 'tracker', 'freshness', 'camera-motion', 'association', 'soak')
SCENE = Path('fixtures') / 'scene_d_camera_150x20.npz'


def main() -> None:
    """Measure what was asked for; the whole set by default."""
    parser = argparse.ArgumentParser(prog='benchmarks', description=__doc__)
    parser.add_argument(
        'parts', nargs='*', choices=[[], *PARTS], metavar='PART',
        help=f'{", ".join(PARTS)} (default: the first two)',
    )
    parser.add_argument('--weights', default='default', help='checkpoint of the detector')
    parser.add_argument('--device', default='auto', help='auto, cpu or cuda')
    parser.add_argument(
        '--input-size', type=int, nargs=2, metavar=('W', 'H'), default=None,
        help="of the network (default: the model's own)",
    )
    parser.add_argument('--frames', type=int, default=150, help='length of the tracker scenes')
    parser.add_argument('--repeats', type=int, default=20, help='calls of the detector')
    parser.add_argument(
        '--minutes', type=int, default=10, help='of the freshness and the soak benchmark')
    parser.add_argument(
        '--ablation', action='store_true',
        help='in the association benchmark, switch off one thing after another')
    parser.add_argument(
        '--load', type=float, default=2.0,
        help='what the camera sends in the freshness benchmark, in times of what the node can do',
    )
    reference_data = os.environ.get('FAIRMOT_TEST_DATA', '../shared')
    parser.add_argument(
        '--scene', type=Path, default=Path(reference_data, SCENE),
        help='recorded scene with a moving camera, for camera-motion',
    )
    parser.add_argument(
        '--cut-outs', type=Path, default=None, metavar='FOLDER',
        help='masked pictures of people, for camera-motion (default: figures are drawn)',
    )
    options = parser.parse_args()
    parts = options.parts or ['network', 'tracker']
    before = calibrate()
    if 'network' in parts:
        size = tuple(options.input_size) if options.input_size else None
        network_speed.report(options.weights, options.device, size, options.repeats)
    if 'tracker' in parts:
        print(f'assignment by {BACKEND}')
        tracker_speed.report(options.frames)
    if 'freshness' in parts:
        from benchmarks import freshness  # the one part that needs ROS

        freshness.report(options.minutes, options.load)
    if 'camera-motion' in parts:
        from benchmarks import camera_motion  # draws its pictures first, which takes a while

        camera_motion.report(options.scene, options.cut_outs)
    if 'association' in parts:
        from benchmarks import association

        association.report(Path(reference_data), options.ablation)
    if 'soak' in parts:
        from benchmarks import soak

        soak.report(options.minutes)
    # Two runs can be compared by the ratio of their calibrations, if it kept still.
    print(f'calibration: {before:.2f} ms before, {calibrate():.2f} ms after')


if __name__ == '__main__':
    main()

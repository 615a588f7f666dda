"""Run with ``python -m benchmarks`` (or ``make bench``)."""

from __future__ import annotations

import argparse

from benchmarks import network_speed, tracker_speed
from benchmarks.calibration import calibrate
from fairmot_ros.tracker.assignment import BACKEND


def main() -> None:
    """Measure what was asked for; the whole set by default."""
    parser = argparse.ArgumentParser(prog='benchmarks', description=__doc__)
    parser.add_argument(
        'parts', nargs='*', choices=[[], 'network', 'tracker'], metavar='PART',
        help='network, tracker (default: both)',
    )
    parser.add_argument('--weights', default='default', help='checkpoint of the detector')
    parser.add_argument('--device', default='auto', help='auto, cpu or cuda')
    parser.add_argument(
        '--input-size', type=int, nargs=2, metavar=('W', 'H'), default=None,
        help="of the network (default: the model's own)",
    )
    parser.add_argument('--frames', type=int, default=150, help='length of the tracker scenes')
    parser.add_argument('--repeats', type=int, default=20, help='calls of the detector')
    options = parser.parse_args()
    parts = options.parts or ['network', 'tracker']
    before = calibrate()
    if 'network' in parts:
        size = tuple(options.input_size) if options.input_size else None
        network_speed.report(options.weights, options.device, size, options.repeats)
    if 'tracker' in parts:
        print(f'assignment by {BACKEND}')
        tracker_speed.report(options.frames)
    # Two runs can be compared by the ratio of their calibrations, if it kept still.
    print(f'calibration: {before:.2f} ms before, {calibrate():.2f} ms after')


if __name__ == '__main__':
    main()

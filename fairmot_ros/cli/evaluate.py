"""Evaluate trackers on bags, offline and live: ``fairmot-evaluate walk --rate 7 15 30``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from fairmot_ros.cli.command import run_command
from fairmot_ros.evaluation.mot_format import write_mot
from fairmot_ros.evaluation.preprocessing import BENCHMARKS

if TYPE_CHECKING:
    from fairmot_ros.evaluation.configuration import Configuration
    from fairmot_ros.evaluation.recording import Recording
    from fairmot_ros.evaluation.report import Limit, Outcome
    from fairmot_ros.evaluation.runs import Run

NOT_KEPT = 1  # the exit code where a limit was not kept


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-evaluate',
        description='Run trackers over bags of ROS 2 and compare them with ground truth. '
        'Offline, every image is processed, and equal input gives equal results to the byte. '
        'With --rate, the images are also sent to the real node at the rate of a camera: drops, '
        'latency, and what real time costs in accuracy. Writes report.html and report.json to '
        'look at and to keep, and the tracks as MOTChallenge text.',
        epilog='Exit codes: 0, or 1 if a limit was not kept, 2 for a mistake, 3 for a fault of '
        'the program.',
    )
    parser.add_argument(
        'bags', type=Path, nargs='+', metavar='BAG', help='folder, or .mcap or .db3 file'
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('out/evaluation'),
        help='folder to write (default: out/evaluation)',
    )
    parser.add_argument(
        '--image-topic',
        default=None,
        metavar='TOPIC',
        help='of the images (default: the only one with images)',
    )
    parser.add_argument(
        '--max-images',
        type=int,
        default=0,
        metavar='N',
        help='use no more than the first N images of each bag',
    )

    truth = parser.add_argument_group('ground truth')
    truth.add_argument(
        '--ground-truth-topic',
        default=None,
        metavar='TOPIC',
        help='vision_msgs/Detection2DArray or fairmot_ros/TrackArray with the stamps of the '
        'images (default: /ground_truth, if there is one); images without a message do not count',
    )
    truth.add_argument(
        '--ground-truth',
        type=Path,
        nargs='+',
        default=None,
        metavar='FILE',
        help='MOTChallenge text instead, one file for each bag; frame n is the n-th image',
    )
    truth.add_argument(
        '--ground-truth-rate',
        type=float,
        default=None,
        metavar='HZ',
        help='find the frames of the files by time: frame 1 is the first image, and so many '
        'follow in a second',
    )
    truth.add_argument(
        '--benchmark',
        choices=tuple(BENCHMARKS),
        default=None,
        help='whose rules decide which boxes count (default: MOT17 where the ground truth has '
        "that benchmark's classes, else MOT15)",
    )

    compared = parser.add_argument_group('what is compared')
    compared.add_argument(
        '--config',
        type=Path,
        nargs='+',
        default=[],
        metavar='FILE',
        help="YAML with parameters by the node's names, plain or as a parameter file of ROS; "
        'each file is one configuration (default: one with all defaults)',
    )
    compared.add_argument(
        '--weights',
        nargs='+',
        default=[],
        metavar='FILE',
        help="checkpoints, each one configuration more with default parameters; 'default' is the "
        'model that ships',
    )
    compared.add_argument(
        '--device', default=None, help="'auto', 'cpu' or 'cuda', for every configuration"
    )
    compared.add_argument(
        '--engine',
        default=None,
        help="'auto', 'openvino', 'torch' or 'onnxruntime', for every configuration",
    )
    compared.add_argument(
        '--deterministic',
        action='store_true',
        help='compute the same bits in every run on the same machine, for every configuration',
    )
    compared.add_argument(
        '--rate',
        type=float,
        nargs='+',
        default=[],
        metavar='HZ',
        help='also live, with so many images per second; needs ROS 2',
    )
    compared.add_argument('--no-offline', action='store_true', help='live alone')
    compared.add_argument(
        '--interpolate',
        type=float,
        default=0.0,
        metavar='SECONDS',
        help='also the offline tracks with gaps up to this length filled by straight lines',
    )

    limits = parser.add_argument_group('limits, for tests')
    limits.add_argument(
        '--fail-below',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help='exit with 1 if a figure of any configuration is lower, such as HOTA=0.45',
    )
    limits.add_argument(
        '--fail-above',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help='or if one is higher, such as IDSW=30, latency_p95_ms=100, dropped=0.1',
    )
    return parser


def check_options(options: argparse.Namespace) -> None:
    """Raise ValueError for options that do not go together.

    Raises:
        ModuleNotFoundError: if ROS 2 is asked for and not there.
    """
    if options.no_offline and not options.rate:
        raise ValueError('--no-offline leaves nothing to do without --rate')
    if options.no_offline and options.interpolate:
        raise ValueError('--interpolate is of the offline run, which --no-offline leaves out')
    if any(not rate > 0 for rate in options.rate):
        raise ValueError('every --rate must be positive')
    if options.interpolate < 0 or options.max_images < 0:
        raise ValueError('--interpolate and --max-images must not be negative')
    if options.ground_truth and options.ground_truth_topic:
        raise ValueError('give either --ground-truth or --ground-truth-topic')
    if options.ground_truth and len(options.ground_truth) != len(options.bags):
        raise ValueError(
            f'got {len(options.ground_truth)} files of ground truth for {len(options.bags)} bags; '
            'expected one for each, in the same order'
        )
    if options.rate and find_spec('rclpy') is None:
        raise ModuleNotFoundError(name='rclpy')
    if options.ground_truth_rate is not None and not options.ground_truth_rate > 0:
        raise ValueError('--ground-truth-rate must be positive')


def read_limits(options: argparse.Namespace) -> list[Limit]:
    """Return the limits; raises ValueError."""
    from fairmot_ros.evaluation.report import Limit

    return [Limit.parse(text, is_lowest=True) for text in options.fail_below] + [
        Limit.parse(text, is_lowest=False) for text in options.fail_above
    ]


def open_recordings(options: argparse.Namespace) -> list[Recording]:
    """Look through all bags, and print what is to be known about them."""
    from fairmot_ros.evaluation.recording import TruthSource, open_recording

    files: Sequence[Path | None] = options.ground_truth or [None] * len(options.bags)
    recordings: list[Recording] = []
    for path, file in zip(options.bags, files):
        source = TruthSource(
            options.ground_truth_topic, file, options.ground_truth_rate, options.benchmark
        )
        recording = open_recording(path, options.image_topic, source, options.max_images)
        if any(recording.name == other.name for other in recordings):
            raise ValueError(
                f'two bags are called {recording.name!r}; rename one, as files and tables go by '
                'the name'
            )
        for note in recording.notes:
            print(f'note: {note}')
        recordings.append(recording)
    return recordings


def choose_configurations(options: argparse.Namespace) -> list[Configuration]:
    """Return what is to be compared."""
    from fairmot_ros.evaluation.configuration import Configuration, read_configuration

    chosen_here = {
        'device': options.device,
        'engine': options.engine,
        'deterministic': options.deterministic or None,
    }
    extra = {name: value for name, value in chosen_here.items() if value is not None}
    known = node_parameters()
    chosen = [read_configuration(path, known) for path in options.config]
    chosen += [
        Configuration(Path(weights).stem, {'weights': weights}) for weights in options.weights
    ]
    chosen = chosen or [Configuration('default')]
    names = [configuration.name for configuration in chosen]
    if len(set(names)) != len(names):
        raise ValueError(f'two configurations have the same name, of {", ".join(names)}')
    return [Configuration(c.name, {**c.parameters, **extra}, c.node) for c in chosen]


def node_parameters() -> set[str] | None:
    """Return the names of the node's parameters, None without ROS 2."""
    try:
        from fairmot_ros.ros.parameters import NodeParameters
    except ModuleNotFoundError:
        return None
    return {*NodeParameters.settings(), 'use_sim_time'}


def run_all(
    options: argparse.Namespace,
    configurations: Sequence[Configuration],
    recordings: Sequence[Recording],
) -> list[Run]:
    """Track every recording with every configuration in every mode."""
    from fairmot_ros.evaluation.offline import OfflineTracker, filled_run

    runs = []
    for configuration in configurations:
        tracker = OfflineTracker(configuration)
        if not options.no_offline:
            plain = [tracker.track(recording) for recording in recordings]
            runs += plain
            if options.interpolate:
                runs += [filled_run(run, options.interpolate) for run in plain]
        model, runtime = tracker.model, tracker.runtime
        del tracker  # the node loads its own
        if options.rate:
            from fairmot_ros.ros.live_evaluation import track_live

            runs += [
                track_live(configuration, recording, rate, model, runtime)
                for rate in options.rate
                for recording in recordings
            ]
    return runs


def write_results(folder: Path, runs: Sequence[Run]) -> None:
    """Write the tracks of each run as MOTChallenge text."""
    (folder / 'results').mkdir(parents=True, exist_ok=True)
    for run in runs:
        name = f'{run.recording.name}.{run.configuration}.{run.mode.slug}.txt'
        write_mot(folder / 'results' / name, run.rows)


def evaluate(options: argparse.Namespace) -> int:
    """Do it all; returns the exit code."""
    from fairmot_ros.evaluation.report import (
        Evaluation,
        check_limits,
        format_groups,
        summarise,
        write_page,
    )
    from fairmot_ros.evaluation.runs import score_run

    check_options(options)
    limits = read_limits(options)
    configurations = choose_configurations(options)
    recordings = open_recordings(options)
    check_recordings(recordings, limits, options)
    runs = run_all(options, configurations, recordings)
    write_results(options.output, runs)
    evaluation = Evaluation(
        recordings,
        {c.name: {**c.parameters, **c.node} for c in configurations},
        [score_run(run) for run in runs],
    )
    groups = evaluation.groups()
    outcomes = check_limits(limits, groups)
    evaluation = replace(evaluation, outcomes=outcomes)
    report = options.output / 'report.json'
    report.write_text(json.dumps(summarise(evaluation), indent=1) + '\n', encoding='utf-8')
    write_page(options.output / 'report.html', evaluation)
    print(format_groups(groups))
    for name in ('report.html', 'report.json', 'results'):
        print(f'wrote {options.output / name}')
    return _judge_limits(outcomes)


def check_recordings(
    recordings: Sequence[Recording], limits: Sequence[Limit], options: argparse.Namespace
) -> None:
    """Raise ValueError now, rather than after an hour, for what cannot be done with the bags."""
    from fairmot_ros.evaluation.report.gate import LIVE

    for recording in recordings:
        if options.rate and not recording.stamped:
            raise ValueError(
                f'the images of {recording.path} have no stamps, by which results are told '
                'apart: only offline evaluation is possible'
            )
    for limit in limits:
        if limit.name in LIVE and not options.rate:
            raise ValueError(f'a limit on {limit.name} needs a live run: give --rate')
        if limit.name not in LIVE and all(r.truth is None for r in recordings):
            raise ValueError(f'a limit on {limit.name} needs ground truth, and there is none')


def _judge_limits(outcomes: Sequence[Outcome]) -> int:
    for outcome in outcomes:
        print(outcome)
    return 0 if all(outcome.kept for outcome in outcomes) else NOT_KEPT


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    # Being terminated is an interruption too: the nodes must not be left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return run_command('fairmot-evaluate', lambda: evaluate(options))


if __name__ == '__main__':
    sys.exit(main())

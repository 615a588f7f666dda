# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tune the association on own recordings: ``fairmot-tune walk hall lobby``."""

from __future__ import annotations

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from fairmot_ros import starting
from fairmot_ros.cli.command import RESUMABLE, ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.cli.evaluation_arguments import node_parameters
from fairmot_ros.evaluation.runs.configuration import Configuration, read_configuration
from fairmot_ros.evaluation.runs.limits import RATIOS
from fairmot_ros.files.writing import writing
from fairmot_ros.tuning.folds import Fold, fixed_split, make_folds
from fairmot_ros.tuning.search_space import SEARCHED
from fairmot_ros.tuning.tuning_plan import TuningPlan

if TYPE_CHECKING:
    from fairmot_ros.tuning.measuring import MapFunction

EPILOG = """examples:
  fairmot-tune walk hall lobby                       three bags with the topic /ground_truth
  fairmot-tune walk hall lobby --hold-out lobby      choose on two of them, test on the third
  fairmot-tune MOT17-*-SDP --public-detections       MOT folders, detections of det/det.txt
  fairmot-tune walk hall --settings lost_timeout max_box_distance --trials 30
  ros2 launch fairmot_ros fairmot.launch.py params_file:=out/tuning/parameters.yaml

exit codes: 0 on success, also if nothing is won, 2 for a mistake of the user, 3 for a fault of the
program, 130 if interrupted; the same command resumes an interrupted search."""


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    defaults = TuningPlan()
    parser = argparse.ArgumentParser(
        prog='fairmot-tune',
        description='Search settings of the association on recordings with ground truth, and '
        'compare them with the defaults on recordings that the search did not see. Detections '
        'are computed once. Writes parameters.yaml for params_file:=, and the report tuning.md.',
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'inputs',
        type=Path,
        nargs='+',
        metavar='INPUT',
        help='bag with ground truth, or MOTChallenge folder (img1, gt/gt.txt, seqinfo.ini); at '
        'least two',
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('out/tuning'),
        metavar='FOLDER',
        help='folder to write, with the detections and the trials (default: out/tuning)',
    )
    held_out = parser.add_mutually_exclusive_group()
    held_out.add_argument(
        '--folds',
        type=int,
        default=0,
        metavar='K',
        help='number of parts for cross-validation, each held out once (default: the number of '
        'inputs, at most 4)',
    )
    held_out.add_argument(
        '--hold-out',
        nargs='+',
        default=[],
        metavar='NAME',
        help='names of inputs to test on instead; the search never sees them',
    )
    search = parser.add_argument_group('search')
    search.add_argument(
        '--trials',
        type=int,
        default=defaults.trials,
        metavar='N',
        help='trials of each search, of which there is one per fold and one on all inputs; a '
        f'higher number continues a finished search (default: {defaults.trials})',
    )
    search.add_argument(
        '--settings',
        nargs='+',
        choices=tuple(SEARCHED),
        default=[],
        metavar='NAME',
        help=f'settings to search (default: {", ".join(SEARCHED)})',
    )
    search.add_argument(
        '--metric',
        choices=RATIOS,
        default=defaults.metric,
        help=f'metric to maximise (default: {defaults.metric})',
    )
    search.add_argument(
        '--min-gain',
        type=float,
        default=100 * defaults.min_gain,
        metavar='POINTS',
        help='smallest gain on held-out inputs, in percentage points, at which the tuned values '
        f'are recommended (default: {100 * defaults.min_gain:g})',
    )
    jobs = search.add_mutually_exclusive_group()
    jobs.add_argument(
        '--jobs',
        type=int,
        default=None,
        metavar='N',
        help='run trials in N processes of this machine; the results are the same',
    )
    jobs.add_argument(
        '--dask',
        default=None,
        metavar='ADDRESS',
        help='run trials on the Dask cluster of this scheduler, such as tcp://host:8786 (needs '
        'the Python package distributed); the detections are computed here and sent to it',
    )
    search.add_argument(
        '--seed', type=int, default=defaults.seed, help='seed of the search (default: 0)'
    )
    source = parser.add_argument_group('detections and ground truth')
    source.add_argument(
        '--public-detections',
        action='store_true',
        help='use det/det.txt of MOTChallenge folders instead of the model; no images are read',
    )
    source.add_argument(
        '--config',
        type=Path,
        default=None,
        metavar='FILE',
        help='YAML file with parameters of the node to start from (default: all defaults)',
    )
    add_detector_options(source, 'weights', 'device', 'engine', 'deterministic', unset=True)
    source.add_argument(
        '--image-topic', default=None, metavar='TOPIC', help='topic of the images of bags'
    )
    source.add_argument(
        '--ground-truth-topic',
        default=None,
        metavar='TOPIC',
        help='topic of the ground truth of bags (default: /ground_truth)',
    )
    return parser


def tune(options: argparse.Namespace) -> int:
    """Search, write the files and print the report; return the exit code."""
    if find_spec('optuna') is None:
        raise ModuleNotFoundError(name='optuna')
    plan = TuningPlan(
        options.trials, options.metric, options.min_gain / 100, options.settings, options.seed
    )
    if len(options.inputs) < 2:
        make_folds(len(options.inputs))  # raises, before the inputs are read
    base = base_configuration(options)
    from fairmot_ros.tuning.folder_lock import locked
    from fairmot_ros.tuning.preparation import prepare
    from fairmot_ros.tuning.tune import tune as search
    from fairmot_ros.tuning.tuning_input import open_inputs
    from fairmot_ros.tuning.tuning_report import report, write_tuning

    inputs = open_inputs(options.inputs, options.image_topic, options.ground_truth_topic)
    for item in inputs:
        for note in item.notes:
            print(f'note: {item.name}: {note}')
    names = [item.name for item in inputs]
    folds: list[Fold]
    if options.hold_out:
        folds = fixed_split(names, options.hold_out)
    else:
        folds = make_folds(len(names), options.folds)
    with writing(options.output):
        options.output.mkdir(parents=True, exist_ok=True)
    with locked(options.output), workers(options) as map_function:
        measurer = prepare(
            inputs,
            base,
            options.output,
            public=options.public_detections,
            map_function=map_function,
        )
        with tqdm(desc='tuning', unit='trial') as bar:

            def progress(done: int, total: int) -> None:
                bar.total, bar.n = total, done
                bar.refresh()
                if starting.was_interrupted():  # and native code discarded the exception
                    raise KeyboardInterrupt

            result = search(measurer, folds, plan, options.output, progress)
    written = write_tuning(result, options.output, base.parameters)
    print(report(result))
    for path in written:
        print(f'wrote {path}')
    return ExitCode.SUCCESS


def workers(options: argparse.Namespace) -> AbstractContextManager[MapFunction]:
    """Return the workers that the options ask for; without any, this process does the work."""
    from fairmot_ros.tuning.workers import dask_workers, process_workers

    if options.dask is not None:
        return dask_workers(options.dask)
    if options.jobs is not None:
        return process_workers(options.jobs)
    return nullcontext(map)


def base_configuration(options: argparse.Namespace) -> Configuration:
    """Return the parameters to start from: those of the file, replaced by options.

    Raises:
        ValueError: if a parameter is invalid.
        FileNotFoundError: if there is no such file.
    """
    given = {
        name: value
        for name in ('weights', 'device', 'engine', 'deterministic')
        if (value := getattr(options, name)) is not None
    }
    if options.config is None:
        return Configuration('default', given)
    base = read_configuration(options.config, node_parameters())
    return Configuration(base.name, {**base.parameters, **given}, base.node)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-tune', lambda: tune(options), interrupted=RESUMABLE)


if __name__ == '__main__':
    sys.exit(main())

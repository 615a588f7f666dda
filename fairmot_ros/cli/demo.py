"""Track people in a video through three real ROS 2 nodes: player, tracker, recorder."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from fairmot_ros.cli.command import parse_size
from fairmot_ros.detector import Detector
from fairmot_ros.evaluation import evaluate_mot, format_table
from fairmot_ros.ros.processes import (
    DomainLock,
    NodeProcess,
    local_environment,
    make_log_folder,
    stop_all,
)
from fairmot_ros.ros.video_source import SourceError, VideoSource

SHIPPED_VIDEO = Path(__file__).resolve().parents[1] / 'data' / 'pedestrians.mp4'


class DemoError(RuntimeError):
    """The demo cannot go on; the message says why."""


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog='fairmot-demo', description=__doc__)
    parser.add_argument(
        '--video',
        type=Path,
        default=None,
        help='video file or folder of pictures (default: a clip that ships with the package)',
    )
    parser.add_argument(
        '--ground-truth',
        type=Path,
        default=None,
        metavar='FILE',
        help='MOTChallenge gt.txt of the video: the summary then holds MOTA, IDF1 and HOTA',
    )
    parser.add_argument(
        '--weights',
        default='default',
        metavar='FILE',
        help='FairMOT checkpoint, or .onnx file of fairmot-export (default: the model that '
        'ships with the package)',
    )
    parser.add_argument('--output', type=Path, default=Path('out/demo'), help='folder to write')
    parser.add_argument('--device', default='auto', help="'auto', 'cpu' or 'cuda'")
    parser.add_argument(
        '--input-size',
        default=None,
        metavar='WxH',
        type=parse_size,
        help="size of the network's input, multiples of 32 (default: the model's own)",
    )
    parser.add_argument(
        '--frame-rate',
        type=float,
        default=0.0,
        metavar='HZ',
        help="of the video (default: seqinfo.ini beside it, or the video's own)",
    )
    parser.add_argument(
        '--real-time',
        action='store_true',
        help='play at the frame rate and let the tracker drop what it cannot manage; without '
        'it, every frame is processed, as fast as that goes',
    )
    parser.add_argument('--max-frames', type=int, default=0, help='stop after so many frames')
    return parser


def choose_video(options: argparse.Namespace) -> None:
    """Fill in the default video: the full recording where the test data has it, or the clip."""
    if options.video is not None:
        return
    beside = Path(__file__).resolve().parents[3] / 'shared'
    folder = Path(os.environ.get('FAIRMOT_TEST_DATA', beside)) / 'data/sequences/PETS09-S2L1'
    if (folder / 'vtest.avi').is_file():
        options.video = folder / 'vtest.avi'
        options.ground_truth = options.ground_truth or folder / 'gt.txt'
    else:
        options.video = SHIPPED_VIDEO


def check_inputs(options: argparse.Namespace) -> VideoSource:
    """Find mistakes before anything starts.

    Raises:
        DemoError: if the video, the weights or the ground truth cannot be used.
    """
    if options.ground_truth is not None and not options.ground_truth.is_file():
        raise DemoError(f'no ground truth at {options.ground_truth}: expected a gt.txt file')
    if options.weights != 'default':
        try:
            Detector(options.weights, input_size=options.input_size, device='cpu')
        except ValueError as error:
            raise DemoError(str(error)) from error
    try:
        return VideoSource(options.video, options.frame_rate)
    except SourceError as error:
        raise DemoError(str(error)) from error


def run_nodes(options: argparse.Namespace, source: VideoSource) -> dict[str, Any]:
    """Start the three nodes, wait for the end and stop them; returns the recording's figures.

    Raises:
        DemoError: if a node fails.
    """
    logs = make_log_folder()
    domain = DomainLock()
    environment = local_environment(domain.number, logs)
    frames = source.length
    if options.max_frames:
        frames = min(frames, options.max_frames) if frames else options.max_frames
    width, height = options.input_size or (0, 0)
    nodes: list[NodeProcess] = []
    try:
        tracker = NodeProcess(
            'tracker',
            'fairmot_ros.ros.tracker_node',
            environment,
            logs / 'tracker.log',
            {
                'weights': str(options.weights),
                'device': options.device,
                'input_width': width,
                'input_height': height,
                'reliability': 'reliable',
            },
        )
        nodes.append(tracker)
        recorder = NodeProcess(
            'recorder',
            'fairmot_ros.ros.recorder_node',
            environment,
            logs / 'recorder.log',
            {
                'output': str(options.output.resolve()),
                'frame_rate': source.frame_rate,
                'progress_total': frames,
            },
            {
                'tracks': 'fairmot/tracks',
                'image_annotated': 'fairmot/image_annotated',
                'frames_sent': 'player/frames_sent',
            },
            show_errors=True,
        )
        nodes.append(recorder)
        player = NodeProcess(
            'player',
            'fairmot_ros.ros.player_node',
            environment,
            logs / 'player.log',
            {
                'video': str(source.path.resolve()),
                'frame_rate': source.frame_rate,
                'every_frame': not options.real_time,
                'max_frames': options.max_frames,
                'subscribers': 2,
            },
            {'detections': 'fairmot/detections'},
        )
        nodes.append(player)
        while recorder.process.poll() is None:
            for node in (tracker, player):
                if node.process.poll() is not None:
                    raise DemoError(
                        f'the {node.name} ended early with code {node.process.returncode}:\n'
                        f'{node.last_lines()}'
                    )
            time.sleep(0.1)
        if recorder.process.returncode != 0:
            raise DemoError(f'the recorder failed:\n{recorder.last_lines()}')
    finally:
        fault = stop_all(nodes)
        domain.release()
    if fault:
        raise DemoError(fault)
    return json.loads((options.output / 'recording.json').read_text())


def summarise(
    options: argparse.Namespace, source: VideoSource, recording: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Add what the recorder does not know, and the metrics where there is ground truth."""
    summary: dict[str, Any] = {
        'video': str(source.path),
        'weights': str(options.weights),
        'frame_rate': source.frame_rate,
        'mode': 'real time' if options.real_time else 'every frame',
        'seconds': round(seconds, 1),
        **recording,
    }
    if options.ground_truth is not None:
        result = evaluate_mot(
            {source.path.stem: (options.ground_truth, options.output / 'results.txt')},
            benchmark='MOT15',
        )
        summary['metrics'] = result['COMBINED']
        print(format_table(result))
    return summary


def print_summary(summary: dict[str, Any], output: Path) -> None:
    """Print what a person wants to know."""
    latency = summary['latency_ms']
    print(f'{summary["video"]} ({summary["mode"]}, {summary["frame_rate"]:g} Hz)')
    print(
        f'  frames   {summary["frames_sent"]} sent, {summary["frames_processed"]} processed, '
        f'{summary["frames_dropped"]} dropped, in {summary["seconds"]} s'
    )
    print(f'  tracks   {summary["tracks"]} people in {summary["boxes"]} boxes')
    if latency['p50'] is not None:
        print(f'  latency  p50 {latency["p50"]:.0f} ms, p95 {latency["p95"]:.0f} ms')
    for name in ('annotated.mp4', 'results.txt', 'summary.json'):
        print(f'  wrote    {output / name}')


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = make_parser().parse_args(arguments)
    # Being terminated is an interruption too: the nodes must not be left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    choose_video(options)
    started = time.monotonic()
    try:
        source = check_inputs(options)
        options.output.mkdir(parents=True, exist_ok=True)
        recording = run_nodes(options, source)
        summary = summarise(options, source, recording, time.monotonic() - started)
    except (DemoError, ValueError, OSError) as error:
        print(f'fairmot-demo: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('fairmot-demo: interrupted', file=sys.stderr)
        return 130
    (options.output / 'recording.json').unlink()
    (options.output / 'summary.json').write_text(json.dumps(summary, indent=2) + '\n')
    print_summary(summary, options.output)
    if not summary['boxes']:
        print('fairmot-demo: no tracks were received', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())

"""What the demo prints and writes about each video."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairmot_ros.cli.demo_nodes import DemoRun
from fairmot_ros.evaluation import evaluate_mot, format_table

SUMMARY = 'summary.json'


def summarise(
    run: DemoRun, recording: Mapping[str, Any], seconds: float, ground_truth: Path | None
) -> dict[str, Any]:
    """Return the recorder's figures with those of the run, and write them beside the results.

    Args:
        run: that ended.
        recording: the recorder's figures.
        seconds: duration of the run.
        ground_truth: gt.txt of the video; without it there are no `metrics`.

    Raises:
        ValueError: if the ground truth cannot be read.
    """
    summary: dict[str, Any] = {
        'video': str(run.source.path),
        'weights': run.weights,
        'frame_rate': run.source.frame_rate,
        'mode': 'real time' if run.real_time else 'every frame',
        'seconds': round(seconds, 1),
        **recording,
    }
    if ground_truth is not None:
        pair = (ground_truth, run.output / 'results.txt')
        summary['metrics'] = evaluate_mot({run.name: pair}, benchmark='MOT15')['COMBINED']
    (run.output / SUMMARY).write_text(json.dumps(summary, indent=2) + '\n')
    return summary


def print_summary(summary: Mapping[str, Any], output: Path) -> None:
    """Print counts, latencies, metrics and files of one video."""
    latency = summary['latency_ms']
    print(f'{summary["video"]} ({summary["mode"]}, {summary["frame_rate"]:g} Hz)')
    print(
        f'  frames   {summary["frames_sent"]} sent, {summary["frames_processed"]} processed, '
        f'{summary["frames_dropped"]} dropped, in {summary["seconds"]} s'
    )
    print(f'  tracks   {summary["tracks"]} people in {summary["boxes"]} boxes')
    if latency['p50'] is not None:
        print(f'  latency  p50 {latency["p50"]:.0f} ms, p95 {latency["p95"]:.0f} ms')
    for name in ('annotated.mp4', 'results.txt', SUMMARY):
        print(f'  wrote    {output / name}')
    if 'metrics' in summary:
        print(format_table({Path(summary['video']).stem: summary['metrics']}))

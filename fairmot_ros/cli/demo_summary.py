# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Summary of a demo run: counts, latencies and metrics of a video."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fairmot_ros.cli.demo_nodes import DemoRun
from fairmot_ros.evaluation import evaluate_mot, format_table, read_mot
from fairmot_ros.evaluation.mot.text_format import FRAME
from fairmot_ros.files.writing import write_text

SUMMARY = 'summary.json'


def summarise(
    run: DemoRun, recording: Mapping[str, Any], seconds: float, ground_truth: Path | None
) -> dict[str, Any]:
    """Return the summary of a run, and write it as JSON beside the results.

    Args:
        run: finished run.
        recording: counts and latencies from the recorder.
        seconds: duration of the run.
        ground_truth: gt.txt of the video; without it the summary has no `metrics`.

    Raises:
        ValueError: if the ground truth cannot be read.
    """
    notes = list(run.source.notes)
    summary: dict[str, Any] = {
        'video': str(run.source.path),
        'weights': run.weights,
        'frame_rate': run.source.frame_rate,
        'mode': 'real time' if run.real_time else 'every frame',
        'seconds': round(seconds, 1),
        **recording,
    }
    if ground_truth is not None:
        rows = read_mot(ground_truth)
        kept = np.isin(rows[:, FRAME], run.source.numbers or rows[:, FRAME])
        pair = (rows[kept], run.output / 'results.txt')
        summary['metrics'] = evaluate_mot({run.name: pair}, benchmark='MOT15')['COMBINED']
        if not kept.all():
            notes.append(
                f'{int((~kept).sum())} boxes of {ground_truth} belong to frames without '
                'an image: skipped'
            )
    summary['notes'] = notes
    write_text(run.output / SUMMARY, json.dumps(summary, indent=2) + '\n')
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
    for note in summary['notes']:
        print(f'  note     {note}')
    for name in ('annotated.mp4', 'results.txt', SUMMARY):
        print(f'  wrote    {output / name}')
    if 'metrics' in summary:
        print(format_table({Path(summary['video']).stem: summary['metrics']}))

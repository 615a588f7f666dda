# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Killed and distributed runs, in real processes."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

CONFIG = """
name: tiny
architecture: yolo
network: {stem_channels: 8, head_conv: 8}
reid_dim: 8
sets:
  - {folder: twenty}
  - {folder: sixteen, identities: none}
input_size: [96, 64]
batch_size: 4
epochs: EPOCHS
warmup_steps: 3
log_every: 1
workers: 1
"""
TRAIN = ('-m', 'fairmot_ros.cli.train')
ONE_THREAD = {**os.environ, 'OMP_NUM_THREADS': '1'}


def start(launcher: tuple[str, ...], text: str, data: Path, run: Path) -> subprocess.Popen:
    config = run.with_suffix('.yaml')
    config.write_text(text)
    command = [sys.executable, *launcher, str(config), '--data', str(data), '--output', str(run)]
    return subprocess.Popen(
        [*command, '--save-every', '7'],
        env=ONE_THREAD,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(process: subprocess.Popen) -> None:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output


def losses(run: Path) -> dict[int, float]:
    """Return the loss of each logged step."""
    path = run / 'log.csv'
    if not path.is_file():
        return {}
    with path.open(newline='') as file:
        return {int(row['step']): float(row['loss']) for row in csv.DictReader(file)}


def test_a_killed_run_resumes_exactly(drawn_people: Path, tmp_path: Path) -> None:
    text = CONFIG.replace('EPOCHS', '6')  # of 9 steps
    whole = start(TRAIN, text, drawn_people, tmp_path / 'whole')
    killed = start(TRAIN, text, drawn_people, tmp_path / 'killed')
    try:
        while max(losses(tmp_path / 'killed'), default=0) < 23:  # in mid-epoch, beyond a save
            assert killed.poll() is None, killed.communicate()
            time.sleep(0.005)
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    state = torch.load(tmp_path / 'killed/state.pt', weights_only=True)
    reached = max(losses(tmp_path / 'killed'))
    assert 21 <= state['step'] <= reached < 54
    finish(start(TRAIN, text, drawn_people, tmp_path / 'killed'))
    finish(whole)
    expected = losses(tmp_path / 'whole')
    assert list(expected) == list(range(1, 55))
    assert losses(tmp_path / 'killed') == pytest.approx(expected, abs=1e-6)


def test_two_processes_train_as_one(drawn_people: Path, tmp_path: Path) -> None:
    """A batch in one process, in two, or split into micro-batches gives the same losses."""
    text = CONFIG.replace('EPOCHS', '1') + 'freeze_batch_norm: true\n'
    one = start(TRAIN, text, drawn_people, tmp_path / 'one')
    torchrun = ('-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', '2', *TRAIN)
    two = start(torchrun, text + 'precision: fp32\n', drawn_people, tmp_path / 'two')
    split = start(TRAIN, text + 'accumulate: 2\n', drawn_people, tmp_path / 'split')
    for process in (one, two, split):
        finish(process)
    expected = losses(tmp_path / 'one')
    assert len(expected) == 9
    assert losses(tmp_path / 'two') == pytest.approx(expected, abs=1e-5)
    assert losses(tmp_path / 'split') == pytest.approx(expected, abs=1e-5)
    weights = [torch.load(tmp_path / f'{n}/state.pt')['network'] for n in ('one', 'two', 'split')]
    for key, value in weights[0].items():
        assert all(torch.allclose(w[key], value, atol=1e-4) for w in weights[1:]), key

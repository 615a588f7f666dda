# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Error messages and exit codes of all commands."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib import import_module

import pytest

from fairmot_ros import starting
from fairmot_ros.cli.command import RESUMABLE, ExitCode, parse_size, run_command
from fairmot_ros.cli.shipped_clips import PEDESTRIANS


class DivergenceError(RuntimeError):
    """Error that one command declares as a mistake of the user."""


def end_with(outcome: int | BaseException) -> int:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


@pytest.mark.parametrize(
    ('outcome', 'code', 'said'),
    [
        (0, 0, ''),
        (ExitCode.CHECK_FAILED, 1, ''),
        (ValueError('no such topic'), 2, 'fairmot-x: no such topic\n'),
        (FileNotFoundError('a.txt: no such file'), 2, 'fairmot-x: a.txt: no such file\n'),
        (DivergenceError('the loss is nan'), 2, 'fairmot-x: the loss is nan\n'),
        (
            ModuleNotFoundError(name='rclpy.node'),
            2,
            'fairmot-x: the Python package rclpy is missing: source the setup.bash of a ROS 2 '
            'installation\n',
        ),
        (
            ModuleNotFoundError(name='rosbags'),
            2,
            'fairmot-x: the Python package rosbags is missing: pip install rosbags\n',
        ),
        (
            MemoryError(),
            3,
            'fairmot-x: out of memory (MemoryError): end other processes, or use fewer workers, '
            'smaller images or a smaller batch\n',
        ),
        (KeyboardInterrupt(), 130, f'fairmot-x: {RESUMABLE}\n'),
    ],
)
def test_exit_codes(
    outcome: int | BaseException, code: int, said: str, capsys: pytest.CaptureFixture
) -> None:
    got = run_command(
        'fairmot-x',
        lambda: end_with(outcome),
        mistakes=(DivergenceError,),
        interrupted=RESUMABLE,
    )
    assert got == code
    assert capsys.readouterr().err == said


PRINTING = """
import sys
from fairmot_ros.cli.command import run_command
sys.exit(run_command('fairmot-x', lambda: print(sys.argv[1] * int(sys.argv[2])) or 0))
"""


@pytest.mark.parametrize('unbuffered', ['', '1'], ids=['buffered', 'unbuffered'])
@pytest.mark.parametrize('length', [1, 100_000])
def test_a_full_disk_below_the_standard_output_is_one_sentence(
    length: int, unbuffered: str
) -> None:
    with open('/dev/full', 'w') as full:
        done = subprocess.run(
            [sys.executable, '-c', PRINTING, 'a', str(length)],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, 'PYTHONUNBUFFERED': unbuffered},
            text=True,
        )
    assert done.stderr == (
        'fairmot-x: the standard output cannot be written: No space left on device\n'
    )
    assert done.returncode == ExitCode.USAGE_ERROR


@pytest.mark.parametrize('error', [RuntimeError('in native code'), OSError('no node')])
def test_an_interrupt_replaced_by_an_error_is_reported(
    error: Exception, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, '_interrupted', True)
    assert run_command('fairmot-x', lambda: end_with(error)) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == 'fairmot-x: interrupted\n'


def test_an_interrupt_swallowed_by_native_code_is_reported(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, '_interrupted', True)
    assert run_command('fairmot-x', lambda: 0) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == 'fairmot-x: interrupted\n'


@pytest.mark.parametrize(
    'fault',
    [
        RuntimeError('unexpected'),
        KeyError('unexpected'),
        AssertionError('unexpected'),
        ModuleNotFoundError("No module named 'unexpected'", name='unexpected'),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_of_the_program_is_shown_with_its_traceback(
    fault: Exception, capsys: pytest.CaptureFixture
) -> None:
    assert run_command('fairmot-x', lambda: end_with(fault)) == ExitCode.INTERNAL_ERROR == 3
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[0] == 'Traceback (most recent call last):'
    assert any('in end_with' in line for line in lines)
    assert 'unexpected' in lines[-2]
    assert lines[-1].startswith('fairmot-x: this is a fault of fairmot_ros: report it to')


FAILING = """
import sys
from fairmot_ros.cli.command import run_command
sys.exit(run_command('fairmot-x', lambda: 1 / 0))
"""


def test_the_exit_code_of_a_fault_is_kept_where_it_cannot_be_printed() -> None:
    with open('/dev/full', 'w') as full:
        done = subprocess.run([sys.executable, '-c', FAILING], stderr=full)
    assert done.returncode == ExitCode.INTERNAL_ERROR


#: Of a command whose process goes on after its work is done.
DONE = """
import os, signal, sys, time
from fairmot_ros import starting
from fairmot_ros.cli.command import run_command
starting.prepare(lambda name: True, {{signal.SIGINT: 130, signal.SIGTERM: 130}})
run_command('fairmot-x', lambda: {code})
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(20)
"""


@pytest.mark.parametrize('code', [0, 1])
def test_a_signal_after_the_work_ends_a_command_with_its_code(code: int) -> None:
    done = subprocess.run(
        [sys.executable, '-c', DONE.format(code=code)], capture_output=True, timeout=15
    )
    assert (done.returncode, done.stderr) == (code, b'')


#: Packages that commands need and not every installation has.
NEEDED = {'import_network': ('onnx',), 'teach': ('openvino',)}


@pytest.mark.parametrize(
    ('command', 'arguments'),
    [
        ('ablation', ['none.yaml', '--data', '.']),
        ('bag2mot', ['none', 'a.txt']),
        ('calibrate', ['none.yaml', '--data', '.', '--output', 'a.pth']),
        ('convert', ['none', 'out']),
        ('demo', ['--video', 'none.mp4']),
        ('demo_evaluation', ['--video', 'none.mp4', '--output', 'out']),
        ('evaluate', ['none']),
        ('export', ['none.pth', 'a.onnx']),
        ('import_network', ['none.onnx', 'a.pth']),
        ('mot2bag', ['none', 'bag']),
        ('pack', ['none', '--output', 'a.tar.gz']),
        ('person_bank', ['none.yaml', '--data', '.', '--teacher', 'none.xml']),
        ('score', ['detection', 'none']),
        ('teach', ['none', '--detector', 'none.xml']),
        ('track', ['none']),
        ('train', ['none.yaml', '--data', '.']),
    ],
)
def test_a_missing_input_is_reported_in_one_line(
    command: str,
    arguments: list[str],
    tmp_path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for package in NEEDED.get(command, ()):
        pytest.importorskip(package, reason=f'needs {package}')
    monkeypatch.chdir(tmp_path)
    main = import_module(f'fairmot_ros.cli.{command}').main
    assert main(arguments) == ExitCode.USAGE_ERROR
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert 'none' in lines[0]


@pytest.mark.parametrize('weights', ['cut.pth', '/proc/self/mem', 'x' * 300 + '.onnx', '~none/a'])
@pytest.mark.parametrize(
    ('command', 'arguments'),
    [
        ('demo', ['--weights', 'WEIGHTS']),
        ('export', ['WEIGHTS', 'a.onnx']),
        ('track', [str(PEDESTRIANS), '--weights', 'WEIGHTS']),
    ],
)
def test_unreadable_weights_are_reported_in_one_line(
    weights: str,
    command: str,
    arguments: list[str],
    tmp_path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'cut.pth').write_bytes(b'a.')  # a pickle that takes from an empty stack
    main = import_module(f'fairmot_ros.cli.{command}').main
    given = [weights if text == 'WEIGHTS' else text for text in arguments]
    assert main(given) == ExitCode.USAGE_ERROR
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert weights in lines[0]


@pytest.mark.parametrize('command', ['evaluate', 'train', 'check'])
def test_wrong_arguments_are_a_mistake(command: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as caught:
        import_module(f'fairmot_ros.cli.{command}').main(['--no-such-option'])
    assert caught.value.code == ExitCode.USAGE_ERROR


def test_sizes() -> None:
    assert parse_size('640x480') == (640, 480)
    with pytest.raises(argparse.ArgumentTypeError, match='expected WIDTHxHEIGHT, got'):
        parse_size('640')

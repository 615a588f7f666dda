# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Checks of the machine: GPU, default model, shared memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fairmot_ros.installation.finding import Finding, Level, try_import

SHARED_MEMORY_MIB = 128  # enough for two subscribers with a few 4K images each


def check_machine() -> Iterator[Finding]:
    """Check GPU, default model and shared memory."""
    yield _check_gpu()
    yield _check_default_model()
    yield _check_shared_memory()


def _check_gpu() -> Finding:
    torch, _ = try_import('torch')
    if torch is None:
        return Finding('gpu', Level.NOTE, 'unknown without torch')
    has_driver = Path('/proc/driver/nvidia/version').is_file()
    if torch.cuda.is_available():
        return _compute_on_gpu(torch)
    if not has_driver:
        return Finding('gpu', Level.NOTE, 'none: the network runs on the CPU')
    if torch.version.cuda is None:
        return Finding(
            'gpu',
            Level.NOTE,
            'an NVIDIA driver is installed, but this build of torch supports the CPU only',
            'install a build of torch for your version of CUDA (pytorch.org; on a Jetson, '
            "NVIDIA's own)",
        )
    return Finding(
        'gpu',
        Level.NOTE,
        f'an NVIDIA driver is installed, but torch (for CUDA {torch.version.cuda}) cannot use it',
        'check with `nvidia-smi` that the driver works and supports that version of CUDA; start a '
        'container with `--gpus all`',
    )


def _compute_on_gpu(torch: Any) -> Finding:
    """Multiply matrices on the GPU: a listed device may be too old for this build of torch."""
    name = torch.cuda.get_device_name(0)
    try:
        numbers = torch.ones(64, 64, device='cuda')
        (numbers @ numbers).sum().item()
    except RuntimeError as error:
        return Finding(
            'gpu',
            Level.PROBLEM,
            f'{name} cannot run torch: {error}'.splitlines()[0],
            'install a build of torch that supports this GPU, or set `device: cpu`',
        )
    return Finding('gpu', Level.OK, name)


def _check_default_model() -> Finding:
    def detect() -> str:
        import numpy as np

        from fairmot_ros.detector import Detector

        detector = Detector(device='cpu')
        detector(np.zeros((480, 640, 3), np.uint8))
        return detector.model_name

    missing = [name for name in ('torch', 'cv2', 'scipy') if try_import(name)[0] is None]
    if missing:
        return Finding('default model', Level.NOTE, f'unknown without {", ".join(missing)}')
    return _run_check('default model', detect, 'reinstall the package with its weights')


def _run_check(name: str, action: Callable[[], str], advice: str) -> Finding:
    """Report what the action returns as OK, or its exception as a problem."""
    try:
        return Finding(name, Level.OK, action())
    except Exception as error:
        return Finding(
            name, Level.PROBLEM, f'{type(error).__name__}: {error}'.splitlines()[0], advice
        )


def _check_shared_memory() -> Finding:
    folder = Path('/dev/shm')
    if not folder.is_dir():
        return Finding(
            'shared memory', Level.NOTE, 'no /dev/shm: images are sent over the network stack'
        )
    free = shutil.disk_usage(folder).free >> 20
    if free >= SHARED_MEMORY_MIB:
        return Finding('shared memory', Level.OK, f'{free} MiB free')
    return Finding(
        'shared memory',
        Level.NOTE,
        f'only {free} MiB free: large images may be lost',
        'start a container with `--shm-size=512m` or `--ipc=host`',
    )

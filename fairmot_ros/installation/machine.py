"""What the machine has: GPU, memory, and the model that ships."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fairmot_ros.installation.finding import Finding, Level, try_import

SHARED_MEMORY_MIB = 128  # two subscribers and a few 4K images


def check_machine() -> Iterator[Finding]:
    """Look at what the nodes will run on."""
    yield _gpu()
    yield _default_model()
    yield _shared_memory()


def _gpu() -> Finding:
    torch, _ = try_import('torch')
    if torch is None:
        return Finding('gpu', Level.NOTE, 'unknown without torch')
    has_driver = Path('/proc/driver/nvidia/version').is_file()
    if torch.cuda.is_available():
        return _try_gpu(torch)
    if not has_driver:
        return Finding('gpu', Level.NOTE, 'none: the network runs on the CPU')
    if torch.version.cuda is None:
        return Finding(
            'gpu',
            Level.NOTE,
            'there is an NVIDIA driver, but this torch was built for the CPU',
            'install a build of torch for your version of CUDA (pytorch.org; on a Jetson, '
            "NVIDIA's own)",
        )
    return Finding(
        'gpu',
        Level.NOTE,
        f'there is an NVIDIA driver, but torch (for CUDA {torch.version.cuda}) cannot use it',
        'check with `nvidia-smi` that the driver works and is new enough for that CUDA; in a '
        'container, start it with `--gpus all`',
    )


def _try_gpu(torch: Any) -> Finding:
    """A device may be listed and still be too old for this build: multiply on it."""
    name = torch.cuda.get_device_name(0)
    try:
        numbers = torch.ones(64, 64, device='cuda')
        (numbers @ numbers).sum().item()
    except RuntimeError as error:
        return Finding(
            'gpu',
            Level.PROBLEM,
            f'{name} does not compute: {error}'.splitlines()[0],
            'install a build of torch that supports this GPU, or set `device: cpu`',
        )
    return Finding('gpu', Level.OK, name)


def _default_model() -> Finding:
    def detect() -> str:
        import numpy as np

        from fairmot_ros.detector import Detector

        detector = Detector(device='cpu')
        detector(np.zeros((480, 640, 3), np.uint8))
        return detector.model_name

    missing = [name for name in ('torch', 'cv2', 'scipy') if try_import(name)[0] is None]
    if missing:
        return Finding('default model', Level.NOTE, f'unknown without {", ".join(missing)}')
    return _attempt('default model', detect, 'install the package again, its weights included')


def _attempt(name: str, action: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(name, Level.OK, action())
    except Exception as error:
        return Finding(
            name, Level.PROBLEM, f'{type(error).__name__}: {error}'.splitlines()[0], advice
        )


def _shared_memory() -> Finding:
    folder = Path('/dev/shm')
    if not folder.is_dir():
        return Finding('shared memory', Level.NOTE, 'none on this system: images go by network')
    free = shutil.disk_usage(folder).free >> 20
    if free >= SHARED_MEMORY_MIB:
        return Finding('shared memory', Level.OK, f'{free} MiB free')
    return Finding(
        'shared memory',
        Level.NOTE,
        f'only {free} MiB free: large images may get lost',
        'in a container, start it with `--shm-size=512m` or `--ipc=host`',
    )

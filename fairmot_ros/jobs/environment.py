# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""What the last digits of results depend on: versions, kind of CPU, number of threads."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

import fairmot_ros

#: Packages that compute results, by the name of their distribution.
PACKAGES = ('torch', 'openvino', 'onnxruntime', 'numpy', 'scipy', 'opencv-python-headless', 'lap')
#: Instruction sets by which libraries select their code.
INSTRUCTIONS = (
    'avx',
    'avx2',
    'fma',
    'avx512f',
    'avx512_vnni',
    'avx512_bf16',
    'amx_tile',
    'amx_bf16',
    'asimd',
    'sve',
)


def describe_environment(threads: int) -> dict[str, str]:
    """Return what results of this process depend on, by name.

    Args:
        threads: CPU threads of one engine.
    """
    model, flags = _cpu()
    return {
        'fairmot_ros': fairmot_ros.__version__,
        'python': '.'.join(platform.python_version_tuple()[:2]),
        'cpu': model,
        'instructions': ' '.join(name for name in INSTRUCTIONS if name in flags),
        'threads': str(threads),
        **{name: _version(name) for name in PACKAGES},
    }


def _cpu() -> tuple[str, set[str]]:
    """Return the name of the CPU and its features; on Linux, from /proc/cpuinfo."""
    fields: dict[str, str] = {}
    try:
        with open('/proc/cpuinfo', encoding='utf-8', errors='replace') as lines:
            for line in lines:
                name, _, value = line.partition(':')
                fields.setdefault(name.strip(), value.strip())
    except OSError:
        pass
    model = fields.get('model name') or platform.processor() or platform.machine()
    return model, set((fields.get('flags') or fields.get('Features') or '').split())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return 'not installed'


def differences(environments: Iterable[Mapping[str, str]]) -> list[str]:
    """Return one sentence for each property in which environments differ."""
    counts: dict[str, Counter[str]] = {}
    for environment in environments:
        for name, value in environment.items():
            counts.setdefault(name, Counter())[value] += 1
    return [
        f'{name} differs: ' + ', '.join(f'{value} ({n} inputs)' for value, n in found.items())
        for name, found in counts.items()
        if len(found) > 1
    ]

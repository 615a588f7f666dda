# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Renew all figures and pictures in the documents that depend on the default model's weights.

Everything is measured first and written at the end. It takes minutes; what does not depend on the
weights, such as the teachers' detections, is kept in a folder for the next time.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from benchmarks import REFERENCE_DATA
from benchmarks.figures import (
    engine_drift,
    false_alarms,
    held_out,
    model_facts,
    readme,
    sequence_tables,
    tracker_table,
)
from benchmarks.figures.markers import DOCUMENTS, REPOSITORY, replace_parts, stale_parts
from benchmarks.figures.measured import SEQUENCES, Measured, measure_default_model
from benchmarks.figures.pictures import pictures, write
from benchmarks.figures.training_sets import ARCHIVES
from benchmarks.sequences import LabelledSequence
from benchmarks.teacher_detections import CACHE, TEACHERS
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS

STEPS: dict[str, Callable[[Measured], dict[str, str]]] = {
    'facts': model_facts.parts,
    'time': readme.parts,
    'comparison': sequence_tables.parts,
    'false alarms': false_alarms.parts,
    'held-out images': held_out.parts,
    'engines': engine_drift.parts,
    'associations': tracker_table.parts,
}
USAGE_ERROR = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    parser.add_argument(
        '--check',
        action='store_true',
        help='measure nothing; fail if figures were measured with other weights than those that '
        'ship',
    )
    parser.add_argument(
        '--cache',
        type=Path,
        default=CACHE,
        metavar='FOLDER',
        help='where results that do not depend on the weights are kept (default: %(default)s)',
    )


def run(options: argparse.Namespace) -> None:
    """Measure everything and write the documents, or check them."""
    sha256 = hashlib.sha256(DEFAULT_WEIGHTS.read_bytes()).hexdigest()
    stale = stale_parts(sha256)
    if stale and options.check:
        fail(f'measured with other weights than those that ship: {"; ".join(stale)}: make figures')
    if options.check:
        return
    missing = missing_data()
    if missing:
        fail(
            f'missing {", ".join(missing)}: set FAIRMOT_TEST_DATA to the folder with the '
            'reference data'
        )
    if stale:
        print(f'figures: to be renewed for new weights: {"; ".join(stale)}', file=sys.stderr)
    options.cache.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with tqdm(total=len(STEPS) + 2, unit='step', desc='figures', mininterval=0.0) as progress:

        def begin(title: str) -> None:
            progress.set_postfix_str(title)

        begin('default model on all sequences')
        measured = measure_default_model(options.cache)
        progress.update()
        parts: dict[str, str] = {}
        for title, step in STEPS.items():
            begin(title)
            parts |= step(measured)
            progress.update()
        begin('pictures')
        images = pictures(measured)
        progress.update()
    documents = {path: replace_parts(path.read_text(), parts, sha256) for path in DOCUMENTS}
    for path, text in documents.items():
        path.write_text(text)
    write(images)
    names = (str(path.relative_to(REPOSITORY)) for path in (*documents, *images))
    print(f'wrote {", ".join(names)} in {(time.monotonic() - started) / 60:.1f} minutes')


def missing_data() -> list[str]:
    """Return the sequences and folders that are needed and not there."""
    sequences = [f'sequence {name}' for name in SEQUENCES if not LabelledSequence.available(name)]
    folders = [str(path) for path in (TEACHERS, ARCHIVES) if not path.is_dir()]
    return sequences + folders if REFERENCE_DATA.is_dir() else [str(REFERENCE_DATA)]


def fail(sentence: str) -> None:
    """End with a sentence on stderr."""
    print(f'figures: {sentence}', file=sys.stderr)
    raise SystemExit(USAGE_ERROR)

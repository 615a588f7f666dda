# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.detector.detector import find_weights
from fairmot_ros.identities.calibration import (
    DEFAULT_STATEMENT,
    Calibration,
    CalibrationError,
    IdentityStatement,
    find_calibration,
    read_calibrations,
    statement_path,
)
from fairmot_ros.network import load_checkpoint
from fairmot_ros.training.scoring.identification import calibrate_similarity, split_pairs


def test_the_default_model_has_a_statement_of_its_own_weights() -> None:
    weights = find_weights('default')
    assert statement_path(weights) == DEFAULT_STATEMENT
    statement = IdentityStatement.read(DEFAULT_STATEMENT)
    info = load_checkpoint(weights).info
    assert statement.sha256 == info.sha256
    assert statement.false_merges <= 0.01 < 0.5 < statement.identified
    name = f'{info.name}:{info.sha256[:12]}'
    assert find_calibration(read_calibrations(), name) == statement.calibration
    assert find_calibration(read_calibrations(), 'other:0123456789ab') is None


def test_a_statement_comes_back_unchanged(tmp_path: Path) -> None:
    calibration = Calibration(0.5, 10.0, -4.0, 5.0)
    statement = IdentityStatement('ab' * 32, calibration, 0.01, 0.9, 100, 10)
    path = tmp_path / 'own.identity.json'
    statement.write(path)
    assert IdentityStatement.read(path) == statement
    assert read_calibrations([path])['ab' * 6] == calibration


@pytest.mark.parametrize(
    'content',
    ['', '{}', '[]', '{"calibration": {"threshold": 2}}', '{"sha256": 1, "calibration": 3}'],
)
def test_damaged_statements_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / 'own.identity.json'
    path.write_text(content)
    with pytest.raises(CalibrationError, match=r'own\.identity\.json is not a statement'):
        IdentityStatement.read(path)


@pytest.mark.parametrize('values', [(2.0, 1, 0, 1), (0.5, 0, 0, 1), (0.5, 1, np.nan, 1)])
def test_impossible_calibrations_are_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match='must be'):
        Calibration(*values)


def test_evidence_is_the_logarithm_of_the_likelihood_ratio() -> None:
    rng = np.random.default_rng(0)
    same, other = rng.normal(0.6, 0.1, 20_000), rng.normal(0.3, 0.1, 20_000)
    calibration = calibrate_similarity(same, other)
    assert calibration.threshold == pytest.approx(0.3 + 2.326 * 0.1, abs=0.01)
    for similarity in (0.35, 0.45, 0.5):
        exact = ((similarity - 0.3) ** 2 - (similarity - 0.6) ** 2) / (2 * 0.1**2)
        assert float(calibration.evidence(similarity)) == pytest.approx(exact, abs=0.6)
    assert float(calibration.evidence(1.0)) == calibration.max_evidence < 10


def test_embeddings_that_tell_nobody_apart_are_refused() -> None:
    with pytest.raises(ValueError, match='not more similar'):
        calibrate_similarity(np.linspace(0, 0.5, 1000), np.linspace(0.4, 0.9, 1000))
    with pytest.raises(ValueError, match='there are 3 pairs of one person and 1000 of two'):
        calibrate_similarity(np.ones(3), np.ones(1000))


def test_one_person_is_compared_between_images_and_two_within_one() -> None:
    embeddings = np.eye(4, dtype=np.float32)[[0, 1, 0, 1]]
    same, other = split_pairs(embeddings, np.array([1, 2, 1, 2]), np.array([0, 0, 1, 1]))
    assert same.tolist() == [1.0, 1.0] and other.tolist() == [0.0, 0.0]

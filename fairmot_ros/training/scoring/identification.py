# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Calibration of similarities: which one tells one person from two, for one model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from fairmot_ros.identities.calibration import Calibration, IdentityStatement
from fairmot_ros.training.scoring.embedding import Embeddings, Identities

Floats = NDArray[np.float64]
#: Share of the pairs of different people that the threshold may let through.
FALSE_MERGES = 0.01
#: Pairs of different people that must lie above a similarity for its evidence to be trusted.
FEWEST = 5
#: Fewest pairs of each kind from which a threshold is taken.
MIN_PAIRS = 500


def split_pairs(
    embeddings: Embeddings, identities: Identities, images: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return the similarities of pairs of one person, and of pairs of two people.

    One person is compared between images, two people within one image: under one light and before
    one background they are most alike, and it is there that they must be told apart.

    Args:
        embeddings: unit length, float32 [N, D].
        identities: int64 [N].
        images: number of the image of each, int64 [N].
    """
    same: list[NDArray] = []
    other: list[NDArray] = []
    for row in range(len(embeddings) - 1):
        similarity = embeddings[row + 1 :] @ embeddings[row]
        one_person = identities[row + 1 :] == identities[row]
        one_image = images[row + 1 :] == images[row]
        same.append(similarity[one_person & ~one_image])
        other.append(similarity[~one_person & one_image])
    return np.concatenate(same).astype(float), np.concatenate(other).astype(float)


def calibrate_similarity(same: Floats, other: Floats) -> Calibration:
    """Return threshold and evidence of similarities.

    The evidence is the line that logistic regression with equally weighted kinds of pairs gives.

    Args:
        same: similarities of pairs of one person [P].
        other: similarities of pairs of two people [Q].

    Raises:
        ValueError: if there are too few pairs, or those of one person are not more similar.
    """
    if min(len(same), len(other)) < MIN_PAIRS:
        raise ValueError(
            f'there are {len(same)} pairs of one person and {len(other)} of two; expected at '
            f'least {MIN_PAIRS} of each: take more samples'
        )

    def negative_log_likelihood(line: Floats) -> float:
        hits = np.logaddexp(0.0, -(line[0] * same + line[1])).mean()
        return float(hits + np.logaddexp(0.0, line[0] * other + line[1]).mean())

    slope, shift = minimize(negative_log_likelihood, (10.0, -5.0), method='Nelder-Mead').x
    if slope <= 0 or same.mean() <= other.mean():
        raise ValueError('embeddings of one person are not more similar than those of two')
    falling = np.sort(other)[::-1]
    threshold = float(falling[int(FALSE_MERGES * len(falling))])
    # Beyond the highest similarities of different people, nothing was measured.
    highest = falling[FEWEST]
    measured = np.log(max(float((same > highest).mean()), 1e-9) * len(other) / FEWEST)
    return Calibration(threshold, float(slope), float(shift), float(max(measured, 1.0)))


def make_statement(
    sha256: str,
    embeddings: Embeddings,
    identities: Identities,
    images: NDArray[np.int64],
) -> tuple[IdentityStatement, Floats, Floats]:
    """Return the statement of a model, and the similarities as `split_pairs` does.

    Raises:
        ValueError: see `calibrate_similarity`.
    """
    same, other = split_pairs(embeddings, identities, images)
    calibration = calibrate_similarity(same, other)
    statement = IdentityStatement(
        sha256,
        calibration,
        false_merges=float((other > calibration.threshold).mean()),
        identified=float((same > calibration.threshold).mean()),
        views=len(embeddings),
        identities=len(np.unique(identities)),
    )
    return statement, same, other

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Evidence of positions: log-likelihood ratios of "one person" to "two persons".

If two tracks show one person, the difference of their positions is normally distributed; if they
show two, the second one is anywhere, with the density of people in a crowd. The ratio of the two
densities is that of track-to-track association (Bar-Shalom, Li: Multitarget-Multisensor Tracking,
1995).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fairmot_ros.identities.config import IdentitiesConfig

Floats = NDArray[np.float64]

IDENTITY = np.eye(2)
#: Limit of the evidence of a single comparison; outliers happen.
LIMIT = 6.0
#: Change of the walking speed and direction of a person who is out of sight, m/s.
UNSEEN_VELOCITY_NOISE = 0.6
#: Seconds over which a velocity is extrapolated; people turn.
VELOCITY_MEMORY = 2.0
#: Seconds for which a position tells where a person can be; later, the whole site is in reach.
HANDOVER_SECONDS = 60.0
#: Lower limit of the evidence of a reappearance within reach: the place is unlikely, not excluded.
REAPPEARANCE_LIMIT = 2.0


def same_time(difference: Floats, covariance: Floats, config: IdentitiesConfig) -> Floats:
    """Return the evidence of positions at one time.

    Args:
        difference: metres [..., 2].
        covariance: of the difference, m² [..., 2, 2], without `position_noise`.
        config: settings.

    Returns:
        Evidence [...], within -LIMIT..LIMIT.
    """
    noise = IDENTITY * config.position_noise**2
    return _density_ratio(difference, covariance + noise, config).clip(-LIMIT, LIMIT)


def reappearance(
    seconds: Floats,
    difference: Floats,
    velocity: Floats,
    covariance: Floats,
    config: IdentitiesConfig,
) -> Floats:
    """Return the evidence of a position some time after another one.

    Args:
        seconds: since the first position [...], 0 or more.
        difference: of the second position from the first, metres [..., 2].
        velocity: at the first position, m/s [..., 2].
        covariance: sum of both, m² [..., 2, 2].
        config: settings.

    Returns:
        Evidence [...]; -inf where the distance exceeds `max_speed`.
    """
    noise = config.position_noise**2
    spread = noise + (UNSEEN_VELOCITY_NOISE * seconds) ** 2
    travelled = velocity * (VELOCITY_MEMORY * -np.expm1(-seconds / VELOCITY_MEMORY))[..., None]
    total = covariance + IDENTITY * spread[..., None, None]
    evidence = _density_ratio(difference - travelled, total, config)
    sigma = np.sqrt(covariance[..., 0, 0] + covariance[..., 1, 1] + noise)
    reach = config.max_speed * seconds + 3.0 * sigma
    within = np.hypot(difference[..., 0], difference[..., 1]) <= reach
    return np.where(within, evidence.clip(-REAPPEARANCE_LIMIT, LIMIT), -math.inf)


def _density_ratio(difference: Floats, covariance: Floats, config: IdentitiesConfig) -> Floats:
    a, b = covariance[..., 0, 0], covariance[..., 0, 1]
    c, d = covariance[..., 1, 0], covariance[..., 1, 1]
    determinant = np.maximum(a * d - b * c, 1e-9)
    x, y = difference[..., 0], difference[..., 1]
    squared = (d * x * x - (b + c) * x * y + a * y * y) / determinant
    log_normal = -0.5 * squared - 0.5 * np.log(determinant) - math.log(2 * math.pi)
    ratio: Floats = log_normal - math.log(config.crowd_density)
    return ratio

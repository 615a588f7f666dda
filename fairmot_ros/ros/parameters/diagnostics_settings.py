# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of the diagnostics: limits of rate, drops and latency, and the hardware id."""

from __future__ import annotations

from dataclasses import dataclass

from fairmot_ros.settings import Group, Settings, setting


@dataclass(frozen=True)
class DiagnosticsSettings(Settings):
    """Limits beyond which the diagnostics of a camera warn or report an error."""

    rate_warn: float = setting(
        0.0, 'rate below which the diagnostics warn; 0 disables it', unit='Hz', low=0.0, high=1e3
    )
    rate_error: float = setting(
        0.0,
        'rate below which the diagnostics report an error; 0 disables it',
        unit='Hz',
        low=0.0,
        high=1e3,
    )
    drops_warn: float = setting(
        0.0,
        'share of the messages of the last 10 seconds that were replaced by newer ones or not '
        'received, above which the diagnostics warn; 0 disables it',
        low=0.0,
        high=1.0,
    )
    drops_error: float = setting(
        0.0,
        'share of such messages above which the diagnostics report an error; 0 disables it',
        low=0.0,
        high=1.0,
    )
    latency_warn: float = setting(
        0.0,
        '95th percentile of the time from the stamp of a message to the publication of its '
        'tracks, above which the diagnostics warn; 0 disables it',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    latency_error: float = setting(
        0.0,
        'the same, above which the diagnostics report an error; 0 disables it',
        unit='seconds',
        low=0.0,
        high=3600.0,
    )
    hardware_id: str = setting(
        '',
        '`hardware_id` of the diagnostics, such as the serial number of the camera; empty: the '
        'model of the embeddings',
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rate_warn and self.rate_error > self.rate_warn:
            raise ValueError(
                f'rate_error must not be above rate_warn, got {self.rate_error:g} and '
                f'{self.rate_warn:g}'
            )
        for name in ('drops', 'latency'):
            warn, error = getattr(self, f'{name}_warn'), getattr(self, f'{name}_error')
            if error and warn > error:
                raise ValueError(
                    f'{name}_error must not be below {name}_warn, got {error:g} and {warn:g}'
                )


DIAGNOSTICS = Group('Diagnostics', DiagnosticsSettings)

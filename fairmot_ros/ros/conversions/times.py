# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Times and durations of messages in seconds."""

from __future__ import annotations

from builtin_interfaces.msg import Duration, Time


def to_seconds(value: Time | Duration) -> float:
    """Return a time or duration in seconds."""
    return float(value.sec + value.nanosec * 1e-9)


def to_time(seconds: float) -> Time:
    """Return seconds, 0 or more, as a time."""
    nanoseconds = round(max(seconds, 0.0) * 1e9)
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)

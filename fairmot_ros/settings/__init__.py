# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings: declaration, groups, checks of values from files, former names."""

from __future__ import annotations

from fairmot_ros.settings.setting import (
    Group,
    Setting,
    Settings,
    check_settings,
    setting,
    settings_of,
)

__all__ = ['Group', 'Setting', 'Settings', 'check_settings', 'setting', 'settings_of']

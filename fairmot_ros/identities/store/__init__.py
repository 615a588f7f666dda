# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The identities on disk: one SQLite file, which only its owner can read."""

from __future__ import annotations

from fairmot_ros.identities.store.errors import StoreError
from fairmot_ros.identities.store.identity_store import IdentityStore
from fairmot_ros.identities.store.reader import StoreReader
from fairmot_ros.identities.store.records import IdentityRecord, Presence, View

__all__ = ['IdentityRecord', 'IdentityStore', 'Presence', 'StoreError', 'StoreReader', 'View']

# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Associations by their name, the value of the setting `association`."""

from __future__ import annotations

from fairmot_ros.tracker.associations.base import Association
from fairmot_ros.tracker.associations.default import DefaultAssociation
from fairmot_ros.tracker.associations.reference import ReferenceAssociation

__all__ = ['ASSOCIATIONS', 'REFERENCE_VARIANTS', 'Association']

ASSOCIATIONS: dict[str, type[Association]] = {
    'default': DefaultAssociation,
    'fairmot': ReferenceAssociation,
    'byte_reid': ReferenceAssociation,
    'byte': ReferenceAssociation,
}
#: Associations that reproduce published trackers.
REFERENCE_VARIANTS = tuple(
    name for name, association in ASSOCIATIONS.items() if association is ReferenceAssociation
)

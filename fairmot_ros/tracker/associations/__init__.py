"""The associations, by the name that the parameter `association` gives them."""

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
#: Those that reproduce published results.
REFERENCE_VARIANTS = tuple(
    name for name, association in ASSOCIATIONS.items() if association is ReferenceAssociation
)

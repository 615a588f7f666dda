# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""A keystore for ROS 2's security, made by the command `openssl`, as `ros2 security` makes it.

The files are those of the OMG standard DDS Security: an authority that signs who a process is and
what it may do, a governance file for the domain, and a certificate, a key and permissions for
each enclave.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from policy_rights import Right

VALID = '<validity><not_before>{}</not_before><not_after>{}</not_after></validity>'.format(
    '2020-01-01T00:00:00', '2038-01-01T00:00:00'
)
CURVE = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')
#: Encrypts everything; topics without a right cannot be opened.
GOVERNANCE = """<?xml version="1.0" encoding="UTF-8"?>
<dds><domain_access_rules><domain_rule>
<domains><id>{domain}</id></domains>
<allow_unauthenticated_participants>false</allow_unauthenticated_participants>
<enable_join_access_control>true</enable_join_access_control>
<discovery_protection_kind>ENCRYPT</discovery_protection_kind>
<liveliness_protection_kind>ENCRYPT</liveliness_protection_kind>
<rtps_protection_kind>SIGN</rtps_protection_kind>
<topic_access_rules><topic_rule>
<topic_expression>*</topic_expression>
<enable_discovery_protection>true</enable_discovery_protection>
<enable_liveliness_protection>true</enable_liveliness_protection>
<enable_read_access_control>true</enable_read_access_control>
<enable_write_access_control>true</enable_write_access_control>
<metadata_protection_kind>ENCRYPT</metadata_protection_kind>
<data_protection_kind>ENCRYPT</data_protection_kind>
</topic_rule></topic_access_rules>
</domain_rule></domain_access_rules></dds>
"""
PERMISSIONS = """<?xml version="1.0" encoding="UTF-8"?>
<dds><permissions><grant name="{enclave}">
<subject_name>CN={enclave}</subject_name>
{valid}
<allow_rule><domains><id>{domain}</id></domains>
<publish><topics>{published}</topics></publish>
<subscribe><topics>{subscribed}</topics></subscribe>
</allow_rule>
<default>DENY</default>
</grant></permissions></dds>
"""
#: The names that a right has in DDS, to publish and to subscribe.
DDS_NAMES = {
    'publish': ({'rt{}'}, set()),
    'subscribe': (set(), {'rt{}'}),
    'reply': ({'rr{}Reply'}, {'rq{}Request'}),
    'request': ({'rq{}Request'}, {'rr{}Reply'}),
}


class Keystore:
    """A folder for ROS_SECURITY_KEYSTORE.

    Attributes:
        folder: its path.
    """

    def __init__(self, folder: Path, domain: str) -> None:
        """Create the authority and the governance file of a domain."""
        self.folder = folder
        self._domain = domain
        self._enclaves = folder / 'enclaves'
        self._enclaves.mkdir(parents=True)
        self._key, self._certificate = folder / 'ca.key.pem', folder / 'ca.cert.pem'
        new = ('req', '-x509', *CURVE, '-days', '365', '-subj', '/CN=authority')
        openssl(*new, '-keyout', self._key, '-out', self._certificate)
        self._sign(GOVERNANCE.format(domain=domain), self._enclaves / 'governance.p7s')

    def add(self, enclave: str, rights: set[Right]) -> None:
        """Create an enclave.

        Args:
            enclave: its name, with a slash at the beginning.
            rights: what its nodes may do.
        """
        folder = self._enclaves / enclave[1:]
        folder.mkdir()
        key, request, certificate = (folder / f'{n}.pem' for n in ('key', 'request', 'cert'))
        subject = f'/CN=\\{enclave}'  # a slash would separate two names
        openssl('req', *CURVE, '-subj', subject, '-keyout', key, '-out', request)
        authority = ('-CA', self._certificate, '-CAkey', self._key, '-CAcreateserial')
        sign = ('x509', '-req', '-days', '365', '-in', request)
        openssl(*sign, *authority, '-out', certificate)
        for name in ('identity_ca', 'permissions_ca'):
            shutil.copy(self._certificate, folder / f'{name}.cert.pem')
        shutil.copy(self._enclaves / 'governance.p7s', folder)
        self._sign(self._permissions(enclave, rights), folder / 'permissions.p7s')

    def _permissions(self, enclave: str, rights: set[Right]) -> str:
        topics: tuple[set[str], set[str]] = ({'ros_discovery_info'}, {'ros_discovery_info'})
        for use, name in rights:
            for found, forms in zip(topics, DDS_NAMES[use]):
                found.update(form.format(name) for form in forms)
        published, subscribed = (
            ''.join(f'<topic>{escape(name)}</topic>' for name in sorted(found)) for found in topics
        )
        return PERMISSIONS.format(
            enclave=enclave,
            valid=VALID,
            domain=self._domain,
            published=published,
            subscribed=subscribed,
        )

    def _sign(self, text: str, signed: Path) -> None:
        plain = signed.with_suffix('.xml')
        plain.write_text(text)
        by = ('-signer', self._certificate, '-inkey', self._key)
        openssl('smime', '-sign', '-text', '-in', plain, '-out', signed, *by)


def openssl(*arguments: str | Path) -> None:
    """Run the command `openssl`; it must succeed."""
    done = subprocess.run(['openssl', *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""The program that takes the privileges of REST operations out of the SDK."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.contracts.privileges import stated

CLIENT = '''
class Zones(VapiInterface):
    def create(self, spec):
        """
        Makes one.

        :raise: Unauthorized
            if the user doesn't have Zones.Manage privilege.
        :raise: Unauthorized
            * Method execution requires ``Zone.Manage``.
        """

    def list(self):
        """
        :raise: Unauthorized
            if you do not have the ``System.Read`` privilege.
        """

    def unheard(self):
        """
        * Method execution requires ``Zone.Manage``.
        """


class _ZonesStub(ApiInterfaceStub):
    def __init__(self, config):
        create_rest_metadata = OperationRestMetadata(
            http_method='POST', url_template='/vcenter/consumption-domains/zones')
        list_rest_metadata = OperationRestMetadata(
            http_method='GET', url_template='/vcenter/consumption-domains/zones?vmw=1')
        unheard_rest_metadata = OperationRestMetadata(
            http_method='PUT', url_template='/vcenter/unheard')
'''


def test_it_takes_ids_of_known_requests_and_no_prose(tmp_path: Path) -> None:
    wheel = tmp_path / "sdk.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("com/zones_client.py", CLIENT)
        archive.writestr("com/other.py", CLIENT)
    place = "/api/vcenter/consumption-domains/zones"
    assert stated(wheel) == {
        f"GET {place}": {"required": [], "named": ["System.Read"]},
        f"POST {place}": {"required": ["Zone.Manage"], "named": ["Zones.Manage"]},
    }

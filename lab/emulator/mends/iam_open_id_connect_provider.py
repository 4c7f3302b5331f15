"""Client ids can be added to and removed from an OIDC provider.

API reference, AddClientIDToOpenIDConnectProvider and RemoveClientIDFromOpenIDConnectProvider:
both do nothing when there is nothing to do. moto 5.2 has neither.
"""

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.responses import IamResponse

from lab.emulator.mends import add


@add(IamResponse)
def add_client_id_to_open_id_connect_provider(self: IamResponse) -> ActionResult:
    """Add a client id (audience)."""
    provider = self.backend.get_open_id_connect_provider(
        self._get_param("OpenIDConnectProviderArn")
    )
    client = self._get_param("ClientID")
    if client not in provider.client_id_list:
        provider.client_id_list.append(client)
    return EmptyResult()


@add(IamResponse)
def remove_client_id_from_open_id_connect_provider(self: IamResponse) -> ActionResult:
    """Remove a client id (audience)."""
    provider = self.backend.get_open_id_connect_provider(
        self._get_param("OpenIDConnectProviderArn")
    )
    client = self._get_param("ClientID")
    if client in provider.client_id_list:
        provider.client_id_list.remove(client)
    return EmptyResult()

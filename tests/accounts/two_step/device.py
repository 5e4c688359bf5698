"""A device with passkeys, in Python: what a browser sends, and what an attacker would send."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from chatapp.accounts.models import Person

HOST = "localhost"
ORIGIN = "http://localhost"
FLAG = AuthenticatorData.FLAG
PRESENT, VERIFIED = FLAG.UP, FLAG.UP | FLAG.UV


@dataclass
class Device:
    """One passkey, of one person."""

    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    host: str = HOST
    origin: str = ORIGIN

    def make(self, options: dict[str, Any], flags: FLAG = VERIFIED) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AttestedCredentialData.create(b"\x00" * 16, self.credential_id, public)
        host = hashlib.sha256(self.host.encode()).digest()
        auth_data = AuthenticatorData.create(host, flags | FLAG.AT, 0, data)
        client_data = self._client_data("webauthn.create", options)
        return self._answer(
            clientDataJSON=client_data,
            attestationObject=AttestationObject.create("none", auth_data, {}),
        )

    def use(self, options: dict[str, Any], person: Person, flags: FLAG = VERIFIED) -> Any:
        """Answer `navigator.credentials.get`."""
        host = hashlib.sha256(self.host.encode()).digest()
        auth_data = AuthenticatorData.create(host, flags, 0)
        client_data = self._client_data("webauthn.get", options)
        signed = auth_data + hashlib.sha256(client_data).digest()
        return self._answer(
            clientDataJSON=client_data,
            authenticatorData=auth_data,
            signature=self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=user_pk_to_url_str(person).encode(),
        )

    def belongs_to(self, person: Person, name: str = "Phone") -> Authenticator:
        """Add the passkey to somebody's account, without the requests for it."""
        options = {"publicKey": {"challenge": "AAAA"}}
        added: Authenticator = WebAuthn.add(person, name, self.make(options)).instance
        return added

    def _client_data(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        challenge = options["publicKey"]["challenge"]
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        identity = websafe_encode(self.credential_id)
        return {
            "id": identity,
            "rawId": identity,
            "type": "public-key",
            "response": {name: websafe_encode(value) for name, value in response.items()},
            "clientExtensionResults": {},
        }

"""Signed tokens for the local stack (D10, D11): HS256 with the stack's own secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid

from dev.settings import Failure

ROLES = ("viewer", "member", "admin", "owner", "service")
LIFETIME_SECONDS = 12 * 3600


def mint(stack: dict[str, str], tenant: str, role: str, subject: str | None = None) -> str:
    """A token for one role in one tenant, good for half a day."""
    try:
        tenant = str(uuid.UUID(tenant))
    except ValueError:
        raise Failure(f"TENANT={tenant} is no UUID") from None
    if role not in ROLES:
        raise Failure(f"ROLE={role} is none of {', '.join(ROLES)}")
    claims = {
        "iss": stack["AUTH_ISSUER"],
        "aud": stack["AUTH_AUDIENCE"],
        "sub": subject or f"local-{role}",
        "name": f"Local {role}",
        "exp": int(time.time()) + LIFETIME_SECONDS,
        "tenant_roles": {tenant: role},
    }
    return sign(claims, stack["AUTH_HS256_SECRET"])


def sign(claims: dict[str, object], secret: str) -> str:
    """A compact JWS over the claims."""
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64url(signature)}"


def _part(value: dict[str, object]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

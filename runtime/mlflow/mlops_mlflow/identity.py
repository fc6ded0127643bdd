"""Who calls, as the cloud's front in front of the server has verified it."""

import base64
import json
import re
from collections.abc import Callable

Header = Callable[[str], str | None]

_ROLE = re.compile(r"arn:([\w-]+):iam::(\d{12}):role/(?:.+/)?([^/]+)")
_SESSION = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
_GOOGLE_ISSUERS = ("https://accounts.google.com", "accounts.google.com")


def caller(kind: str | None, header: Header) -> str | None:
    """Return the identity of the caller, or None when nobody vouches for one.

    Args:
        kind: the value of ML_IDENTITY_HEADER.
        header: returns the value of a header of the request.
    """
    if kind == "aws-lattice":
        return _lattice(header("x-amzn-lattice-identity") or "")
    if kind == "azure-easy-auth":
        return header("X-MS-CLIENT-PRINCIPAL-ID") or None
    if kind == "google-id-token":
        # Cloud Run verifies the first of the two where there are both.
        return _email(header("X-Serverless-Authorization") or header("Authorization") or "")
    return None


def matches(kind: str | None, listed: str, identity: str) -> bool:
    """Return whether an identity in a list of approvers means this caller.

    On AWS a role in the list means each of its sessions. On Google an identity may be written as in a policy.
    """
    if kind == "aws-lattice":
        role, session = _ROLE.fullmatch(listed), _SESSION.fullmatch(identity)
        return listed == identity or bool(role and session and role.groups() == session.groups())
    if kind == "google-id-token":
        listed = re.sub(r"^(user|serviceAccount):", "", listed)
    return listed.lower() == identity.lower()


def _lattice(value: str) -> str | None:
    """Return the principal in `Principal=ARN;SessionName=...`."""
    fields = [field.strip() for field in re.split(r"(?<!\\);", value)]
    principals = [field[10:] for field in fields if field.startswith("Principal=")]
    return principals[0] or None if len(principals) == 1 else None


def _email(value: str) -> str | None:
    """Return the e-mail address in an ID token, whose signature Cloud Run has checked and removed."""
    scheme, _, token = value.partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    if not isinstance(claims, dict) or claims.get("iss") not in _GOOGLE_ISSUERS:
        return None
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is True else None

import base64
import json

import pytest

from mlops_mlflow.identity import caller, matches

ROLE = "arn:aws:iam::111122223333:role/Release"
SESSION = "arn:aws:sts::111122223333:assumed-role/Release/ann"


def of(kind, **headers):
    by_name = {name.lower().replace("_", "-"): value for name, value in headers.items()}
    return caller(kind, lambda name: by_name.get(name.lower()))


def token(claims, scheme="Bearer"):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{scheme} e30.{payload}.SIGNATURE_REMOVED_BY_GOOGLE"


GOOD = {"iss": "https://accounts.google.com", "email": "ann@example.com", "email_verified": True}


@pytest.mark.parametrize(
    ("header", "identity"),
    [
        (f"Principal={SESSION};PrincipalOrgID=o-1;SessionName=ann;Type=AWS_IAM", SESSION),
        (f"PrincipalOrgID=o-1; Principal={SESSION}", SESSION),
        (f"SessionName=a\\;Principal=arn:evil;Principal={SESSION}", SESSION),
        (f"Principal=arn:evil;Principal={SESSION}", None),
        ("Principal=", None),
        ("SourceVpcArn=x", None),
        ("", None),
    ],
)
def test_lattice(header, identity):
    assert of("aws-lattice", x_amzn_lattice_identity=header) == identity


def test_easy_auth():
    assert of("azure-easy-auth", X_MS_CLIENT_PRINCIPAL_ID="object-id") == "object-id"
    assert of("azure-easy-auth") is None


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        (GOOD, "ann@example.com"),
        (GOOD | {"iss": "accounts.google.com"}, "ann@example.com"),
        (GOOD | {"email_verified": False}, None),
        (GOOD | {"iss": "https://evil.example.com"}, None),
        ({"iss": GOOD["iss"], "sub": "1"}, None),
        ("text", None),
    ],
)
def test_google(claims, identity):
    assert of("google-id-token", Authorization=token(claims)) == identity


def test_the_header_that_cloud_run_verifies_counts():
    both = {
        "Authorization": token(GOOD | {"email": "evil@example.com"}),
        "X_Serverless_Authorization": token(GOOD),
    }
    assert of("google-id-token", **both) == "ann@example.com"


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer x", "Bearer a.!.c", token(GOOD, "Token")])
def test_what_is_no_id_token_names_nobody(header):
    assert of("google-id-token", Authorization=header) is None


def test_a_header_of_another_front_is_not_believed():
    headers = {"x_amzn_lattice_identity": f"Principal={SESSION}", "X_MS_CLIENT_PRINCIPAL_ID": "id"}
    assert of("google-id-token", **headers) is None
    assert of(None, Authorization=token(GOOD), **headers) is None


@pytest.mark.parametrize(
    ("kind", "listed", "identity", "same"),
    [
        ("aws-lattice", ROLE, SESSION, True),
        ("aws-lattice", "arn:aws:iam::111122223333:role/path/of/Release", SESSION, True),
        ("aws-lattice", SESSION, SESSION, True),
        ("aws-lattice", SESSION, SESSION.replace("ann", "bob"), False),
        ("aws-lattice", ROLE.replace("1111", "9999"), SESSION, False),
        ("aws-lattice", ROLE.replace("Release", "release"), SESSION, False),
        ("aws-lattice", ROLE.replace(":aws:", ":aws-cn:"), SESSION, False),
        ("aws-lattice", "arn:aws:iam::111122223333:role/Rel", SESSION, False),
        ("aws-lattice", "arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:user/ann", True),
        ("azure-easy-auth", "ABC", "abc", True),
        ("azure-easy-auth", "abc", "abd", False),
        ("google-id-token", "user:ann@example.com", "Ann@example.com", True),
        ("google-id-token", "serviceAccount:a@p.iam.gserviceaccount.com", "a@p.iam.gserviceaccount.com", True),
        ("google-id-token", "group:ann@example.com", "ann@example.com", False),
    ],
)
def test_who_is_meant(kind, listed, identity, same):
    assert matches(kind, listed, identity) is same

"""The signing of requests, with fakes in place of the clouds."""

import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import mlops_mlflow_auth as auth
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

URL = "https://tracking.example.com/api/2.0/mlflow/runs/search"
LATER = 3600.0


def prepared(method: str = "GET", url: str = URL, **rest: object) -> requests.PreparedRequest:
    return requests.Request(method, url, **rest).prepare()


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ML_TRACKING_AUTH", "ML_TRACKING_AUDIENCE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "stand-in")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
    return Credentials("AKIDEXAMPLE", "stand-in", "session")


def expected_signature(
    request: requests.PreparedRequest, keys: Credentials, date: str, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return what botocore's own signer writes for the same request at the same second."""
    own = AWSRequest(
        method=request.method,
        url=request.url,
        headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"},
    )
    moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ")
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment, raising=False)
    SigV4Auth(keys, "vpc-lattice-svcs", "eu-west-1").add_auth(own)
    return own.headers["Authorization"]


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", URL, None),
        ("POST", URL, b'{"max_results": 3}'),
        ("PUT", "https://t.example.com/api/2.0/mlflow-artifacts/artifacts/1/a%20b/c=d.txt", b"x"),
        ("GET", URL + "?b=2&a=1&filter=name%20%3D%20%27x%27", None),
    ],
)
def test_the_signature_is_the_one_of_botocore(
    keys: Credentials, monkeypatch: pytest.MonkeyPatch, method: str, url: str, body: bytes | None
) -> None:
    sign = auth.auth_of({"ML_TRACKING_AUTH": "aws-sigv4", "AWS_REGION": "eu-west-1"})
    request = sign(prepared(method, url, data=body))
    date = request.headers["X-Amz-Date"]
    wanted = expected_signature(request, keys, date, monkeypatch)
    assert request.headers["Authorization"] == wanted
    assert "/eu-west-1/vpc-lattice-svcs/aws4_request" in wanted
    assert "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token" in wanted, (
        "only what no proxy changes"
    )
    assert request.headers["X-Amz-Content-SHA256"] == "UNSIGNED-PAYLOAD"
    assert request.headers["X-Amz-Security-Token"] == "session"
    assert request.body == body


def test_the_body_is_not_part_of_the_signature(keys: Credentials) -> None:
    sign = auth.AwsSigV4("eu-west-1")
    one, two = (sign(prepared("POST", data=body)) for body in (b"one", b"two"))
    if one.headers["X-Amz-Date"] != two.headers["X-Amz-Date"]:
        two = sign(prepared("POST", data=b"two"))
        one = sign(prepared("POST", data=b"one"))
    assert one.headers["Authorization"] == two.headers["Authorization"]


def test_a_space_in_the_query_is_written_as_aws_reads_it(keys: Credentials) -> None:
    request = auth.AwsSigV4("eu-west-1")(prepared(params={"filter": "name = 'a+b'"}))
    assert request.url == URL + "?filter=name%20%3D%20%27a%2Bb%27"


def test_no_aws_credentials_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: None)
    with pytest.raises(auth.TrackingAuthError, match="no AWS credentials found: run this with"):
        auth.AwsSigV4("eu-west-1")(prepared())


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "ML_TRACKING_AUTH is '': set it to aws-sigv4, azure-entra or google-id-token"),
        (
            {"ML_TRACKING_AUTH": "basic"},
            "ML_TRACKING_AUTH is 'basic': set it to aws-sigv4, azure-entra or google-id-token",
        ),
        (
            {"ML_TRACKING_AUTH": "aws-sigv4"},
            "ML_TRACKING_AUTH=aws-sigv4 needs AWS_REGION, the region of the server",
        ),
        (
            {"ML_TRACKING_AUTH": "azure-entra"},
            "ML_TRACKING_AUTH=azure-entra needs ML_TRACKING_AUDIENCE, whom the token is for",
        ),
        (
            {"ML_TRACKING_AUTH": "google-id-token"},
            "ML_TRACKING_AUTH=google-id-token needs ML_TRACKING_AUDIENCE, whom the token is for",
        ),
    ],
)
def test_wrong_variables_are_a_sentence(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(auth.TrackingAuthError) as refused:
        auth.auth_of(environment)
    assert str(refused.value) == sentence


def fake_azure(monkeypatch: pytest.MonkeyPatch, *answers: object) -> list[tuple]:
    """Put a stand-in in the place of azure-identity and return what it is asked."""
    asked: list[tuple] = []
    queue = list(answers)

    class UnavailableError(Exception): ...

    class DefaultAzureCredential:
        def __init__(self, managed_identity_client_id: str | None) -> None:
            asked.append(("identity", managed_identity_client_id))

        def get_token(self, scope: str) -> SimpleNamespace:
            asked.append(("token", scope))
            answer = queue.pop(0)
            if isinstance(answer, str):
                raise UnavailableError(answer)
            return SimpleNamespace(token=answer[0], expires_on=int(time.time() + answer[1]))

    identity = SimpleNamespace(
        DefaultAzureCredential=DefaultAzureCredential, CredentialUnavailableError=UnavailableError
    )
    errors = SimpleNamespace(ClientAuthenticationError=UnavailableError)
    for name, module in {
        "azure": SimpleNamespace(),
        "azure.core": SimpleNamespace(),
        "azure.core.exceptions": errors,
        "azure.identity": identity,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    return asked


AZURE = {"ML_TRACKING_AUTH": "azure-entra", "ML_TRACKING_AUDIENCE": "api://tracking"}


@pytest.mark.parametrize(
    ("variables", "identity"),
    [
        ({}, None),
        ({"AZURE_CLIENT_ID": "one"}, "one"),
        ({"DEFAULT_IDENTITY_CLIENT_ID": "two"}, "two"),
        ({"AZURE_CLIENT_ID": "one", "DEFAULT_IDENTITY_CLIENT_ID": "two"}, "one"),
    ],
)
def test_azure_asks_for_the_default_scope_of_the_audience(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], identity: str | None
) -> None:
    asked = fake_azure(monkeypatch, ("t1", LATER))
    request = auth.auth_of(AZURE | variables)(prepared())
    assert request.headers["Authorization"] == "Bearer t1"
    assert asked == [("identity", identity), ("token", "api://tracking/.default")]


def test_a_token_is_kept_until_five_minutes_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = fake_azure(monkeypatch, ("t1", 301), ("t2", LATER))
    sign = auth.auth_of(AZURE)
    assert [sign(prepared()).headers["Authorization"] for _ in range(2)] == ["Bearer t1"] * 2
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2)
    assert sign(prepared()).headers["Authorization"] == "Bearer t2"
    assert asked.count(("token", "api://tracking/.default")) == 2


def test_the_last_token_serves_while_the_identity_service_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_azure(monkeypatch, ("t1", 200), "away", "away")
    sign = auth.auth_of(AZURE)
    assert sign(prepared()).headers["Authorization"] == "Bearer t1"
    assert sign(prepared()).headers["Authorization"] == "Bearer t1"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 201)
    with pytest.raises(auth.TrackingAuthError) as refused:
        sign(prepared())
    assert str(refused.value) == "no Entra token for api://tracking/.default: away"


def fake_google(monkeypatch: pytest.MonkeyPatch, fails: str | None = None) -> list[str]:
    """Put a stand-in in the place of google-auth and return the audiences asked for."""
    audiences: list[str] = []

    class GoogleAuthError(Exception): ...

    class Credentials:
        token = "id-token"  # noqa: S105
        expiry = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)

        def refresh(self, transport: object) -> None:
            audiences.append("refreshed")

    def fetch(audience: str, request: object) -> Credentials:
        audiences.append(audience)
        if fails:
            raise GoogleAuthError(fails)
        return Credentials()

    transport = SimpleNamespace(Request=lambda: "transport")
    exceptions = SimpleNamespace(GoogleAuthError=GoogleAuthError)
    id_token = SimpleNamespace(fetch_id_token_credentials=fetch)
    google_auth = SimpleNamespace(
        exceptions=exceptions, transport=SimpleNamespace(requests=transport)
    )
    for name, module in {
        "google": SimpleNamespace(auth=google_auth),
        "google.auth": google_auth,
        "google.auth.exceptions": exceptions,
        "google.auth.transport": google_auth.transport,
        "google.auth.transport.requests": transport,
        "google.oauth2": SimpleNamespace(id_token=id_token),
        "google.oauth2.id_token": id_token,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    return audiences


GOOGLE = {"ML_TRACKING_AUTH": "google-id-token", "ML_TRACKING_AUDIENCE": "https://t.run.app"}


def test_google_asks_for_the_audience_and_keeps_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    audiences = fake_google(monkeypatch)
    sign = auth.auth_of(GOOGLE)
    assert [sign(prepared()).headers["Authorization"] for _ in range(3)] == ["Bearer id-token"] * 3
    assert audiences == ["https://t.run.app", "refreshed"]


def test_a_person_is_known_by_gcloud(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    fake_google(monkeypatch, fails="no service account")
    gcloud = tmp_path / "gcloud"
    gcloud.write_text('#!/bin/sh\n[ "$*" = "auth print-identity-token" ] && echo person\n')
    gcloud.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(gcloud))
    assert auth.auth_of(GOOGLE)(prepared()).headers["Authorization"] == "Bearer person"
    gcloud.write_text("#!/bin/sh\necho please sign in >&2; exit 1\n")
    with pytest.raises(auth.TrackingAuthError) as refused:
        auth.auth_of(GOOGLE)(prepared())
    assert str(refused.value) == "gcloud gave no identity token: please sign in"


def test_nobody_at_google_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_google(monkeypatch, fails="no service account")
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(auth.TrackingAuthError) as refused:
        auth.auth_of(GOOGLE)(prepared())
    assert str(refused.value) == (
        "no Google ID token: run this as a service account, or sign in with gcloud "
        "(no service account)"
    )


@pytest.mark.parametrize(
    ("environment", "module", "sentence"),
    [
        (
            {"ML_TRACKING_AUTH": "aws-sigv4", "AWS_REGION": "eu-west-1"},
            "botocore.session",
            "botocore is not installed: install mlops-mlflow-auth[aws]",
        ),
        (
            AZURE,
            "azure.identity",
            "azure-identity is not installed: install mlops-mlflow-auth[azure]",
        ),
        (
            GOOGLE,
            "google.oauth2",
            "google-auth is not installed: install mlops-mlflow-auth[google]",
        ),
    ],
)
def test_a_missing_library_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], module: str, sentence: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(auth.TrackingAuthError) as refused:
        auth.auth_of(environment)
    assert str(refused.value).startswith(sentence)


def test_no_library_of_a_cloud_is_loaded_before_one_is_chosen() -> None:
    import subprocess

    names = "botocore azure.identity google.auth mlflow requests"
    check = (
        f"import sys, mlops_mlflow_auth; sys.exit(any(n in sys.modules for n in {names!r}.split()))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", check], cwd=auth.__file__.rpartition("/")[0]
        ).returncode
        == 0
    )


def test_one_object_signs_until_the_variables_change(
    keys: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_TRACKING_AUTH", "aws-sigv4")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    provider = auth.Provider()
    assert provider.get_name() == "mlops-constructs"
    first = provider.get_auth()
    assert provider.get_auth() is first
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    assert provider.get_auth() is not first


def test_mlflow_finds_the_provider_by_its_name(
    keys: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_auth = pytest.importorskip("mlflow.tracking.request_auth.registry").fetch_auth
    monkeypatch.setenv("ML_TRACKING_AUTH", "aws-sigv4")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert isinstance(fetch_auth("mlops-constructs"), auth.AwsSigV4)

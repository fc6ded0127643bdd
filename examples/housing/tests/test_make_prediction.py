"""make_prediction.sh against the real server, a scripted one, and stand-in tools."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from conftest import EXAMPLE, Server, clean_environment

SCRIPT = EXAMPLE / "make_prediction.sh"
AWS_KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": 'se"cr\\et'}


def call(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script with the given arguments and environment variables."""
    return subprocess.run(
        [SCRIPT, *map(str, arguments)],
        env=clean_environment(**variables),
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )


def with_tool(folder: Path, name: str, script: str) -> str:
    """Put a stand-in for a program into a folder and return a PATH that finds it first."""
    tool = folder / name
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


class ScriptedServer(HTTPServer):
    """Answers with the given statuses in turn and keeps the headers it was sent."""

    def __init__(self, statuses: list[int]) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.headers_seen: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers_seen.append(dict(self.headers))
        self.send_response(self.server.statuses.pop(0))
        self.end_headers()
        self.wfile.write(b'{"from": "script"}\n')

    def log_message(self, *_: object) -> None:
        """Keep the test output quiet."""


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    """Yield a server that answers 200 once, unless a test changes its script."""
    with ScriptedServer([200]) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("suffix", ["", "/"])
def test_prints_the_predictions_of_the_sample(server: Server, suffix: str) -> None:
    result = call(server.url + suffix)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["predictions"]) == 2
    assert result.stderr == ""


def test_a_refused_request_fails_and_shows_why(server: Server, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"instances": [{}]}')
    result = call("--data", tmp_path / "bad.json", server.url)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "instances[0].bmi: missing" in result.stderr
    assert "answered 400" in result.stderr


def test_a_service_that_is_starting_is_retried(scripted: ScriptedServer) -> None:
    scripted.statuses = [503, 200]
    result = call(scripted.url)
    assert result.returncode == 0
    assert result.stdout == '{"from": "script"}\n'


def test_a_refusal_is_not_retried(scripted: ScriptedServer) -> None:
    scripted.statuses = [403]
    assert call(scripted.url).returncode == 1
    assert len(scripted.headers_seen) == 1


def test_no_credentials_by_default(scripted: ScriptedServer) -> None:
    call(scripted.url, **AWS_KEYS)
    assert "Authorization" not in scripted.headers_seen[0]


def test_help() -> None:
    result = call("--help")
    assert result.returncode == 0
    assert result.stdout.startswith("Usage:")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--what"],
        ["one", "two"],
        ["--aws", "--gcp"],
        ["--data"],
        ["--service", "s3"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    result = call(*arguments)
    assert result.returncode == 2
    assert result.stderr.startswith("make_prediction.sh: ")


def test_missing_data_file(tmp_path: Path) -> None:
    assert "cannot read" in call("--data", tmp_path / "none.json").stderr


def test_aws_signs_the_request(scripted: ScriptedServer) -> None:
    variables = {**AWS_KEYS, "AWS_SESSION_TOKEN": "session", "AWS_REGION": "eu-west-1"}
    result = call("--aws", "--service", "lambda", scripted.url, **variables)
    assert result.returncode == 0, result.stderr
    [headers] = scripted.headers_seen
    authorization = headers["Authorization"]
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-west-1/lambda/aws4_request" in authorization
    assert {name.lower(): value for name, value in headers.items()}[
        "x-amz-security-token"
    ] == "session"


@pytest.mark.parametrize(
    ("url", "arguments", "scope"),
    [
        ("https://abc.lambda-url.us-east-2.on.aws/", [], "us-east-2:lambda"),
        ("https://abc.execute-api.ap-south-1.amazonaws.com/prod", [], "ap-south-1:execute-api"),
        ("https://api.example.com", [], "eu-west-1:execute-api"),
        ("https://api.example.com:8443/x", ["--service", "lambda"], "eu-west-1:lambda"),
    ],
)
def test_aws_scope_comes_from_the_host(
    tmp_path: Path, url: str, arguments: list[str], scope: str
) -> None:
    seen = tmp_path / "seen"
    fake_curl = f'case "$*" in *--help*) echo --aws-sigv4 ;; *) cat >"{seen}"; echo 200 ;; esac'
    path = with_tool(tmp_path, "curl", fake_curl)
    result = call("--aws", *arguments, url, **AWS_KEYS, AWS_REGION="eu-west-1", PATH=path)
    assert result.returncode == 0, result.stderr
    assert seen.read_text().splitlines() == [
        f'aws-sigv4 = "aws:amz:{scope}"',
        'user = "AKIDEXAMPLE:se\\"cr\\\\et"',
    ]


def test_aws_without_credentials_or_region() -> None:
    assert "no AWS credentials" in call("--aws", "https://a.lambda-url.us-east-2.on.aws").stderr
    assert "set AWS_REGION" in call("--aws", "https://api.example.com", **AWS_KEYS).stderr


def test_gcp_sends_an_identity_token(scripted: ScriptedServer, tmp_path: Path) -> None:
    path = with_tool(tmp_path, "gcloud", 'echo "token-for $*"')
    assert call("--gcp", scripted.url, PATH=path).returncode == 0
    [headers] = scripted.headers_seen
    assert headers["Authorization"] == "Bearer token-for auth print-identity-token"


def test_azure_sends_an_access_token(scripted: ScriptedServer, tmp_path: Path) -> None:
    path = with_tool(tmp_path, "az", 'echo "$4"')
    result = call("--azure", scripted.url, PATH=path, AZURE_RESOURCE="api://my-app")
    assert result.returncode == 0
    assert scripted.headers_seen[0]["Authorization"] == "Bearer api://my-app"


@pytest.mark.parametrize(("flag", "tool"), [("--gcp", "gcloud"), ("--azure", "az")])
def test_a_tool_that_fails_is_reported(tmp_path: Path, flag: str, tool: str) -> None:
    path = with_tool(tmp_path, tool, "exit 1")
    result = call(flag, "http://127.0.0.1:1", PATH=path, AZURE_RESOURCE="api://my-app")
    assert result.returncode == 1
    assert f"{tool} gave no" in result.stderr


def test_azure_needs_a_resource() -> None:
    assert "set AZURE_RESOURCE" in call("--azure").stderr

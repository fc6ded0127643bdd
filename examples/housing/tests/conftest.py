"""What the tests share: paths, a clean environment, a trained model, a running server."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import train
from settings import Settings

EXAMPLE = Path(__file__).parent.parent
STARTUP_SECONDS = 20
_OWN_VARIABLES = {"LOG_LEVEL", "PORT", "RANK", "WORLD_SIZE", "GUNICORN_CMD_ARGS", "WEB_CONCURRENCY"}
_OWN_PREFIXES = ("ML_", "AWS_", "AZURE_", "MLFLOW_TRACKING", "MLFLOW_RUN", "MLFLOW_EXPERIMENT")


def clean_environment(**extra: str) -> dict[str, str]:
    """Return this process's environment without what would steer the example, plus `extra`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OWN_VARIABLES and not name.startswith(_OWN_PREFIXES)
    }
    return kept | extra


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own variables out of the tests."""
    kept = clean_environment()
    for name in os.environ.keys() - kept.keys():
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output folder of a short training run."""
    folder = tmp_path_factory.mktemp("trained")
    train.run(Settings(output_uri=str(folder), trees=5), should_stop=lambda: False)
    return folder


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of app/ after the build steps of its Dockerfile."""
    folder = tmp_path_factory.mktemp("image") / "app"
    shutil.copytree(EXAMPLE / "app", folder, ignore=shutil.ignore_patterns("model", "__pycache__"))
    subprocess.run(
        [sys.executable, "default_model.py"], cwd=folder, env=clean_environment(), check=True
    )
    return folder


@dataclass
class Server:
    """A gunicorn process started as the image starts it."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def wait_until_healthy(self) -> None:
        """Return once /health answers."""
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=1).close()  # noqa: S310
                return
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.05)
        pytest.fail(f"the server did not start:\n{self.log.read_text()}")


StartServer = Callable[..., Server]


def _starter(image: Path, folder: Path, started: list[Server]) -> StartServer:
    """Return a function that starts servers and adds them to `started`."""

    def start(**variables: str) -> Server:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = folder / f"server-{port}.log"
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(
            [*command, "--worker-tmp-dir", str(folder), "wsgi:app"],
            cwd=image,
            env=clean_environment(**variables),
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(Server(process, f"http://127.0.0.1:{port}", log))
        return started[-1]

    return start


def _stop(servers: list[Server]) -> None:
    """End the servers that still run."""
    for server in servers:
        server.process.terminate()
        server.process.wait(timeout=10)


@pytest.fixture
def start_server(image: Path, tmp_path: Path) -> Iterator[StartServer]:
    """Yield a function that starts the server with the given environment variables."""
    started: list[Server] = []
    yield _starter(image, tmp_path, started)
    _stop(started)


@pytest.fixture(scope="module")
def server(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield one healthy server, shared by the tests of a file."""
    started: list[Server] = []
    running = _starter(image, tmp_path_factory.mktemp("server"), started)()
    running.wait_until_healthy()
    yield running
    _stop(started)

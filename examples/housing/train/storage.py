"""Files by path or URI: local, file://, s3://, gs://, az://, abfss://.

app/ and train/ are separate images, so each carries a copy of this file.
A test keeps the two identical.
"""

import os
import secrets
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem


class StorageError(Exception):
    """The URI cannot be used in this image; the message says what to change."""


def locate(uri: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system that serves `uri` and the path inside it."""
    if uri.startswith("azureml://"):
        raise StorageError(
            f"{uri}: Azure ML mounts azureml:// folders; pass the path of the mounted folder"
        )
    try:
        return fsspec.core.url_to_fs(uri)
    except ImportError as error:
        raise StorageError(
            f"{uri}: no client for this kind of storage is installed; build the image "
            f'with the right CLOUDS argument, such as CLOUDS="aws" ({error})'
        ) from error
    except ValueError as error:
        raise StorageError(f"{uri}: {error}") from error


def join(folder_uri: str, name: str) -> str:
    """Return the URI of the file `name` inside a folder."""
    return f"{folder_uri.rstrip('/')}/{name}"


def read_bytes(uri: str) -> bytes:
    """Return the contents of a file; FileNotFoundError when there is none."""
    filesystem, path = locate(uri)
    return filesystem.cat_file(path)


def write_bytes(uri: str, contents: bytes) -> None:
    """Write a file so that a reader sees the old contents or the new, never a part.

    Object stores replace an object in one step. A local file is written beside
    its target and renamed.
    """
    filesystem, path = locate(uri)
    if not isinstance(filesystem, LocalFileSystem):
        filesystem.pipe_file(path, contents)
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.partial")
    try:
        partial.write_bytes(contents)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)

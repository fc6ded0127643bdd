"""Checkpoints: a half-trained model that a restarted job continues from."""

import hashlib
import io
import logging
from dataclasses import dataclass

import joblib
import sklearn
from sklearn.pipeline import Pipeline

import storage
from data import Dataset
from settings import Settings

CHECKPOINT_FILE = "checkpoint.joblib"

logger = logging.getLogger(__name__)


def fingerprint(data: Dataset, settings: Settings) -> str:
    """Return a digest of all that decides how the first trees of a run come out.

    The number of trees is left out: a longer run may continue a shorter one.
    """
    digest = hashlib.sha256()
    choices = (settings.learning_rate, settings.max_depth, settings.seed, sklearn.__version__)
    digest.update(repr((data.features, data.target, data.X.shape, choices)).encode())
    digest.update(data.X.tobytes())
    digest.update(data.y.tobytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class CheckpointStore:
    """The checkpoint of one run; does nothing when `folder_uri` is None."""

    folder_uri: str | None
    fingerprint: str
    writable: bool

    def load(self, max_trees: int) -> Pipeline | None:
        """Return the model to continue with, or None to start from the beginning."""
        if self.folder_uri is None:
            return None
        uri = storage.join(self.folder_uri, CHECKPOINT_FILE)
        try:
            contents = storage.read_bytes(uri)
        except FileNotFoundError:
            return None
        try:
            saved = joblib.load(io.BytesIO(contents))
            saved_fingerprint, trees, model = saved["fingerprint"], saved["trees"], saved["model"]
        except Exception:  # unpickling a damaged file can raise anything
            logger.warning("ignoring an unreadable checkpoint", exc_info=True, extra={"uri": uri})
            return None
        if saved_fingerprint != self.fingerprint or trees > max_trees:
            logger.warning("ignoring the checkpoint of a different run", extra={"uri": uri})
            return None
        logger.info("resuming", extra={"uri": uri, "trees": trees})
        return model

    def save(self, model: Pipeline, trees: int) -> None:
        """Replace the checkpoint with `model`."""
        if self.folder_uri is None or not self.writable:
            return
        uri = storage.join(self.folder_uri, CHECKPOINT_FILE)
        contents = io.BytesIO()
        joblib.dump({"fingerprint": self.fingerprint, "trees": trees, "model": model}, contents)
        storage.write_bytes(uri, contents.getvalue())
        logger.info("checkpoint written", extra={"uri": uri, "trees": trees})

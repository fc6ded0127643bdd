"""Trains the small model that the image ships, so that the app serves out of the box.

The data is scikit-learn's diabetes set, which is part of the library.
"""

import argparse
import io
import logging

import joblib
import sklearn
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor

import jsonlog
import storage
from model import BUNDLED_MODEL

logger = logging.getLogger(__name__)


def main() -> None:
    """Train the model and write it to --output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", default=BUNDLED_MODEL, help="file to write")
    output = parser.parse_args().output
    jsonlog.configure()

    data = load_diabetes(scaled=False)
    pipeline = GradientBoostingRegressor(n_estimators=100, learning_rate=0.05, max_depth=2)
    bundle = {
        "pipeline": pipeline.fit(data.data, data.target),
        "features": data.feature_names,
        "version": "bundled",
        "sklearn_version": sklearn.__version__,
    }
    contents = io.BytesIO()
    joblib.dump(bundle, contents, compress=3)
    storage.write_bytes(output, contents.getvalue())
    logger.info("default model written", extra={"rows": len(data.target)})


if __name__ == "__main__":
    main()

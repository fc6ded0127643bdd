"""What gunicorn serves: the app with the model named by ML_MODEL_URI."""

import logging
import os

import jsonlog
from app import create_app
from model import BUNDLED_MODEL, ModelError, load_model

jsonlog.configure()

try:
    app = create_app(load_model(os.environ.get("ML_MODEL_URI") or BUNDLED_MODEL))
except ModelError as error:
    logging.getLogger(__name__).critical("refusing to start: %s", error)
    raise SystemExit(1) from error

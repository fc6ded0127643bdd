"""MLflow's server as the platform runs it."""

__version__ = "0.1.0"

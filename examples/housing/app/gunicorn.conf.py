"""Server settings; gunicorn reads this file from the folder it starts in."""

import jsonlog

# Load the model before forking: workers share its memory, and a model that
# cannot be loaded stops the server instead of restarting workers for ever.
preload_app = True

worker_class = "gthread"
threads = 8  # set WEB_CONCURRENCY for more worker processes

# Serverless platforms freeze idle instances. A worker that wakes up late is not
# stuck, so no heartbeat timeout; the platform has a request timeout of its own.
timeout = 0

# Longer than the front ends keep idle connections (the Lambda adapter: 4 s),
# so that they never reuse one that was just closed here.
keepalive = 75

graceful_timeout = 8  # Cloud Run kills an instance 10 s after SIGTERM

control_socket_disable = True  # it would write into the home folder

# The app logs its own requests; gunicorn's messages become JSON lines too.
_config = jsonlog.logging_config()
logconfig_dict = {
    **_config,
    "loggers": {
        **_config["loggers"],
        "gunicorn.error": {"level": jsonlog.wanted_level(), "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
    },
}

"""How gunicorn serves the door: ``web/.venv/bin/gunicorn -c web/gunicorn.conf.py`` after ``migrate``."""

import os
import sys
from pathlib import Path
from typing import Any

_ROOT = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, _ROOT)

from web.logs import LOGGING  # noqa: E402 (needs the path above)

wsgi_app = "web.wsgi"
chdir = _ROOT
bind = os.environ.get("CHAT_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "web.whole_requests.WholeRequestWorker"  # slow clients hold no thread
threads = int(os.environ.get("CHAT_THREADS", "64"))
keepalive = 5
graceful_timeout = 10  # longer than a turn
control_socket_disable = True
accesslog = None  # web.chat.middleware.RequestLog writes that line, without query strings
logconfig_dict = LOGGING

_limits = os.environ.get("LIMITS_STORAGE_URL") or os.environ.get("REDIS_URL") or "memory://"
if workers > 1 and _limits.startswith("memory:"):
    raise SystemExit(
        "Several processes need a shared LIMITS_STORAGE_URL (or REDIS_URL), for example redis://127.0.0.1:6379."
    )


def child_exit(_server: Any, worker: Any) -> None:
    """Takes a dead process out of the metrics that several processes share."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)

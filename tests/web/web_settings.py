"""The web side's own settings, on a data folder that is gone afterwards, with the limits off."""

import os
import tempfile

_folder = tempfile.TemporaryDirectory(prefix="door-tests-")
os.environ["CHAT_DATA_DIR"] = _folder.name
os.environ["CHAT_MESSAGES_PER_MINUTE"] = "0"
os.environ["CHAT_SESSIONS_PER_MINUTE"] = "0"
os.environ["CHAT_URGENT_SECONDS"] = "5"  # a busy machine is no reason for a test to fail
os.environ["CHAT_ALLOWED_HOSTS"] = "127.0.0.1,localhost,testserver"
os.environ["CHAT_ALLOWED_ORIGINS"] = "https://clinic.example"
os.environ.pop("METRICS_TOKEN", None)

from web.settings import *  # noqa: E402, F403 (needs the environment above)

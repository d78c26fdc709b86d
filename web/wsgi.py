"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module
from threading import Thread

from django.core.wsgi import get_wsgi_application

from safety import compile_all
from web.chat.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")

application = BodyLimit(get_wsgi_application())
import_module("web.urls")  # all that takes seconds to load (masking), now and not at the first visitor's request
Thread(target=compile_all, daemon=True).start()

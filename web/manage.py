#!/usr/bin/env python
"""Django's command line: ``web/.venv/bin/python web/manage.py migrate``, from any folder."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not web/ itself: its packages are named web.…
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

# The door and the staff console; the same image migrates the database and sends the alerts (compose.yaml). Built from
# the checkout:
#   docker build -f deploy/web.Dockerfile -t treatment-chat/web .
FROM python:3.12-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY web/requirements.lock ./
RUN uv venv .venv && uv pip sync --require-hashes --python .venv/bin/python requirements.lock

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin chat
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY domain.yml ./
COPY data data
COPY safety safety
COPY web web
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOME=/tmp CHAT_DATA_DIR=/tmp/chat CHAT_BIND=0.0.0.0:8000
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "-c", "web/gunicorn.conf.py"]

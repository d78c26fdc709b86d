# Rasa and the action server: one image, two commands (compose.yaml). Built from the checkout:
#   docker build -f deploy/rasa.Dockerfile -t treatment-chat/rasa .
FROM python:3.10-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY requirements.lock ./
RUN uv venv .venv && uv pip sync --require-hashes --python .venv/bin/python requirements.lock

FROM python:3.10-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin chat && install -d -o chat -g chat /models
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY config.yml domain.yml credentials.yml ./
COPY deploy/endpoints.yml endpoints.yml
COPY data data
COPY safety safety
COPY nlu nlu
COPY actions actions
# All that is written goes to /tmp: the file system is read-only (compose.yaml).
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib \
    RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=2 CHAT_DATA_DIR=/tmp/chat \
    RASA_CACHE_DIRECTORY=/tmp/cache OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
# The encoder's graph is made once, here: the file system is read-only when it runs.
RUN python -c "from nlu.encoder import shared_encoder; shared_encoder()" && chmod -R a+rX models
USER 10001:10001
EXPOSE 5005 5055
CMD ["rasa", "run", "--model", "/models/assistant.tar.gz", "--interface", "0.0.0.0", "--port", "5005"]

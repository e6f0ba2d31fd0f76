# docker build -t mockserver . && docker run --rm -p 127.0.0.1:8000:8000 -p 127.0.0.1:8001:8001 mockserver
# Your own definition: add -v "$PWD:/work:ro" (./mockserver.yaml or ./mockserver.d/ is served instead of the zoo).
# Runs with --read-only, --tmpfs /tmp, --cap-drop ALL, --security-opt no-new-privileges and any --user: see compose.yaml.
# BASE names the image to stand on: give it with its digest (python:3.13-slim@sha256:…) to have the same one each time.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/
# Every package in the version and with the hash that scripts/lock has written down, none of them built here.
RUN python -m venv /opt/build \
 && /opt/build/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/build.txt \
 && python -m venv /opt/mockserver \
 && /opt/mockserver/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY seeds seeds
COPY mockserver mockserver
# The server needs no installer: pip installs it last and then itself away.
RUN /opt/build/bin/python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
 && /opt/mockserver/bin/python -m pip install --no-cache-dir --no-deps --no-index /tmp/wheel/*.whl \
 && /opt/mockserver/bin/python -m pip check \
 && /opt/mockserver/bin/python -m pip uninstall --yes pip

FROM ${BASE}
LABEL org.opencontainers.image.title="mockserver" \
      org.opencontainers.image.description="A mock API server for front-end work: seeded data over REST, from one YAML file." \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/mockserver /opt/mockserver
ENV PATH=/opt/mockserver/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /work
USER 10001:10001
EXPOSE 8000 8001
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["mockserver", "health"]
CMD ["mockserver", "serve", "--host", "0.0.0.0"]

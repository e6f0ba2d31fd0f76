# docker build -t mockserver . && docker run --rm -p 8000:8000 -p 127.0.0.1:8001:8001 mockserver
# Your own definition: add -v "$PWD:/work:ro" (./mockserver.yaml or ./mockserver.d/ is served instead of the zoo).
# Runs with --read-only, --cap-drop ALL and any --user.
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS build
RUN python -m venv /opt/mockserver
ENV PATH=/opt/mockserver/bin:$PATH
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY seeds seeds
COPY mockserver mockserver
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /tmp/wheel . \
 && python -m pip install --no-cache-dir /tmp/wheel/*.whl

FROM python:${PYTHON_VERSION}-slim
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

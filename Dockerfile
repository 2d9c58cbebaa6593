# syntax=docker/dockerfile:1
# The image of every process of the warehouse: Airflow's, the workers, the alert sender, migrations.
#
#   docker build --tag health-warehouse:0.2.0 .
#
# Debian 12 with its own Python 3.11: the interpreter that all tests run on. Code and packages belong
# to root and are read only; the processes are user 10001 and write to /var/lib/warehouse (volumes)
# and /run/airflow (memory). No secret is needed to build it, and none is in it.

FROM debian:12.12-slim AS debian
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# The tag is the point release, the upgrade brings its security updates; a version pinned here would
# be gone from Debian's servers with the next of them.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get upgrade --yes --no-install-recommends \
    && apt-get install --yes --no-install-recommends ca-certificates python3.11 tzdata \
    && rm -rf /var/lib/apt/lists/*

FROM debian AS environment
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3.11-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3.11 -m venv /opt/venv
WORKDIR /opt/warehouse
COPY requirements/bootstrap.txt requirements/containers.txt requirements/
# Locks with hashes; pip brings uv, uv the rest. Byte code is made now: nobody may write it later.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
RUN /opt/venv/bin/python -m pip install --no-cache-dir --require-hashes \
        --requirement requirements/bootstrap.txt \
    && /opt/venv/bin/uv pip install --python /opt/venv/bin/python --require-hashes \
        --requirement requirements/containers.txt
# Behind the packages, which change seldom. Editable: the package finds dags/ and dbt_project/ from
# its own place.
COPY pyproject.toml README.md LICENSE ./
COPY requirements/runtime.in requirements/runtime.txt requirements/hatch_dependencies.py requirements/
COPY plugins plugins
COPY expectations expectations
COPY dags dags
COPY docs docs
COPY dbt_project dbt_project
COPY questions questions
COPY deploy/image deploy/image
RUN /opt/venv/bin/uv pip install --python /opt/venv/bin/python --no-deps --no-build-isolation \
        --editable . \
    && /opt/venv/bin/python -m compileall -q plugins expectations dags

FROM debian AS warehouse
LABEL org.opencontainers.image.title="health-warehouse" \
      org.opencontainers.image.description="Provincial health data warehouse: all its processes" \
      org.opencontainers.image.version="0.2.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/debian:12.12-slim"
# Fixed numbers: volumes of another host, and a cluster's policies, name users by number.
RUN groupadd --gid 10001 warehouse \
    && useradd --uid 10001 --gid 10001 --home-dir /run/airflow --no-create-home \
        --shell /usr/sbin/nologin warehouse \
    && install -d -o warehouse -g warehouse -m 0700 \
        /var/lib/warehouse /var/lib/warehouse/logs /run/airflow
COPY --from=environment /opt/venv /opt/venv
COPY --from=environment /opt/warehouse /opt/warehouse
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/run/airflow \
    WAREHOUSE_STATE=/var/lib/warehouse \
    LANG=C.UTF-8
WORKDIR /opt/warehouse
USER 10001:10001
# What runs, and how its health is asked, is said per service in docker-compose.yml.
CMD ["warehouse", "--help"]

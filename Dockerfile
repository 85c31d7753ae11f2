# One image for all processes; the command says which. Runs as an ordinary user.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/steppewatch \
 && /opt/steppewatch/bin/pip install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/run.txt
COPY . .
RUN /opt/steppewatch/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
# For the letters of names in `coverage --plot`; the library brings Latin, Cyrillic and Greek along.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /data steppewatch
COPY --from=build /opt/steppewatch /opt/steppewatch
ENV PATH=/opt/steppewatch/bin:$PATH STEPPEWATCH_DATA_DIR=/data PYTHONUNBUFFERED=1
# As `steppewatch up` sets them for its processes: what is freed is given back.
ENV MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
USER steppewatch
WORKDIR /data
EXPOSE 8000
# Everything on the page is shown with STEPPEWATCH_PAGE_IS_GUARDED=true: set it where nobody else reaches the port, as
# with `docker run --publish 127.0.0.1:8000:8000`.
CMD ["steppewatch", "up", "--host", "0.0.0.0"]

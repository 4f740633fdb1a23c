# Build: docker build --tag nereid .
# Run:   docker compose up --detach      (compose.yaml says what can be set)
#
# Everything that the server needs is in the image: it starts without a network
# to install from, and with a file system that cannot be written to, but for the
# three volumes and /tmp.

# What is built here is copied below; the rest of it is thrown away.
FROM node:24.21.0-trixie-slim AS build

# Its own installer is a script, which newer versions of npm do not run.
RUN npm install --ignore-scripts --prefix /tmp/deno deno@2.9.6 \
  && cp /tmp/deno/node_modules/@deno/linux-*/deno /usr/local/bin/deno
ENV DENO_DIR=/deno-dir
WORKDIR /nereid
COPY . .
RUN deno install --frozen && deno task build

# From here on, only what the server imports: no bundler, no browsers, no tests.
# deno.lock goes on deciding on versions. Types and source maps are for people.
RUN deno run --no-prompt --allow-read --allow-write=deno.json --allow-run \
    tools/runtime_config.ts main.ts cli/*.ts auth/bcrypt_worker.ts \
    media_worker.ts recording_worker.ts \
  && rm -rf node_modules tests tools docs \
  && find web -mindepth 1 -maxdepth 1 ! -name dist ! -name deno.json \
    -exec rm -rf {} + \
  && deno install \
  && find node_modules -type f \
    '(' -name '*.map' -o -name '*.d.*ts' -o -name '*.d.ts' -o -name '*.md' ')' \
    -delete

# Compiles what the server and its commands consist of, and shows that it is all
# there. Of the cache of npm, Deno wants to see what it knows of versions, or it
# asks the network at each start.
RUN deno cache --frozen main.ts cli/*.ts auth/bcrypt_worker.ts media_worker.ts \
    recording_worker.ts \
  && find /deno-dir/npm -type f ! -name registry.json -delete \
  && find /deno-dir/npm -type d -empty -delete \
  && deno run --no-prompt --cached-only --frozen --allow-env main.ts --help

# The image.
FROM debian:13.8-slim

# OpenSSL's libraries, by which media costs much less (docs/adr/0010). 1000 is
# the first user of most machines: folders of theirs can be mounted as they are.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libssl3t64 \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
  && useradd --uid 1000 --no-create-home --home-dir /nereid nereid \
  && install --directory --owner=nereid --group=nereid --mode=700 \
    /nereid/data /nereid/groups /nereid/recordings

COPY --from=build /usr/local/bin/deno /usr/local/bin/deno
COPY --from=build /deno-dir /deno-dir
COPY --from=build /nereid /nereid

ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
WORKDIR /nereid
USER nereid
VOLUME ["/nereid/data", "/nereid/groups", "/nereid/recordings"]
EXPOSE 8443/tcp 8444/tcp 8444/udp

# Plain HTTP is a socket inside, for the health check, so that on the host's
# network no port is taken for it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["deno", "run", "--no-prompt", "--cached-only", "--allow-read=/tmp/nereid.sock", "--allow-write=/tmp/nereid.sock", "--allow-net=unix:/tmp/nereid.sock,localhost:80", "cli/health.ts", "/tmp/nereid.sock"]

# This process may only start the next, with permissions that follow from the
# flags: its folders, its ports, OpenSSL. See cli/serve.ts. One media worker, so
# that one port for media will do: more are had by --media-workers (docs/adr/0017).
ENTRYPOINT ["deno", "run", "--no-prompt", "--cached-only", "--allow-env", "--allow-run=/usr/local/bin/deno", "cli/serve.ts", "--http=/tmp/nereid.sock", "--media-workers=1"]

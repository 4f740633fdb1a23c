# Build: docker build -t nereid .
# Run:   docker run --network host -v nereid:/data nereid
#
# With the host's network the server announces the addresses that others reach
# it by. Without it, publish 8443 for TCP and UDP and add
# --public-address ADDRESS after the image's name.
FROM node:22-slim

RUN npm install --global deno@2.9.6 && mkdir /data && chown node:node /data
WORKDIR /nereid
COPY --chown=node:node . .
RUN chown node:node .
USER node
RUN deno install --frozen && deno task build

VOLUME /data
EXPOSE 8443/tcp 8443/udp
ENTRYPOINT ["deno", "run", "--no-prompt", "--allow-read", "--allow-env", "--allow-run", "cli/serve.ts", "--data=/data", "--groups=/data/groups"]

# One image for the API, the worker and the command line; the command decides which of them runs.
FROM oven/bun:1.4.5-slim AS build
WORKDIR /rondo
COPY package.json bun.lock bunfig.toml ./
COPY patches ./patches
RUN bun install --frozen-lockfile
COPY tsconfig.json ./
COPY src ./src
COPY web ./web
RUN bun web/build.ts

FROM oven/bun:1.4.5-slim
WORKDIR /rondo
ENV NODE_ENV=production RONDO_HOST=0.0.0.0 RONDO_DATA=/data BUN_CONFIG_MAX_HTTP_REQUESTS=4096
COPY package.json bun.lock bunfig.toml ./
COPY patches ./patches
RUN bun install --frozen-lockfile --production && mkdir /data && chown bun:bun /data
COPY LICENSE THIRD-PARTY-NOTICES.md tsconfig.json ./
COPY src ./src
COPY jobs ./jobs
COPY migrations ./migrations
COPY query-specs ./query-specs
COPY docs ./docs
COPY --from=build /rondo/web/dist ./web/dist
USER bun
VOLUME /data
EXPOSE 3000
CMD ["bun", "src/main.ts"]

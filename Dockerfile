# One image for server and workers; which of them runs is told by the command.
FROM node:24-bookworm-slim AS build
WORKDIR /app
# The program pnpm is taken in the very version the lockfile was written with.
RUN npm install --global pnpm@10.34.9
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY shared/package.json shared/
COPY server/package.json server/
COPY worker/package.json worker/
COPY web/package.json web/
COPY cli/package.json cli/
RUN pnpm install --frozen-lockfile
COPY . .
RUN pnpm --filter @reelroom/web run build

FROM node:24-bookworm-slim
RUN apt-get update \
	&& apt-get install --yes --no-install-recommends ffmpeg tini \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir -p /data && chown node:node /data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4321 DATA_DIR=/data REELROOM_CACHE=/data/cache
EXPOSE 4321
VOLUME /data
ENTRYPOINT ["tini", "--"]
CMD ["node", "server/src/main.ts"]

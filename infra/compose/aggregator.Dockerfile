# The aggregator, as a user without rights, with its state in /var/lib/prefreeze-aggregator.
FROM node:24.11.1-bookworm-slim
ARG PREFREEZE_VERSION=0.1.0
RUN npm install --global "prefreeze@${PREFREEZE_VERSION}" \
  && npm cache clean --force \
  && install -d -m 0700 -o node -g node /var/lib/prefreeze-aggregator
ENV NODE_ENV=production
USER node
ENTRYPOINT ["prefreeze"]
CMD ["--help"]

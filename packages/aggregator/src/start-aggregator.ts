import { once } from "node:events";
import { createAggregate } from "@prefreeze/core/aggregate";
import { createGatekeeper } from "./http/credentials.js";
import { createScrape } from "./http/scrape.js";
import { serve } from "./http/serve.js";
import { createHttpServer, listen } from "./http/server.js";
import { createOwnMetrics, type Levels } from "./metrics/own-metrics.js";
import { type AggregatorOptions, settingsOf } from "./options.js";
import { renderPage } from "./page/render-page.js";
import { createPassThrough } from "./pass-through/pass-through.js";
import { createCommits } from "./store/commits.js";
import { openStateStore } from "./store/state-store.js";
import { gatewayAddress } from "./upstream/gateway-address.js";
import { createUpstream } from "./upstream/upstream.js";
import { VERSION } from "./version.js";

const FORGET_EVERY_MS = 60_000;
/** systemd kills after 90 s. */
const CLOSE_MS = 10_000;

/** An aggregator that serves. It keeps the process running until it is closed. */
export interface RunningAggregator {
  /** The value for `PUSHGATEWAY_URL`, without a final slash. */
  readonly url: string;
  /** Finishes what it has begun, pushes once more what has changed, and frees port and directory. May be called more than once. */
  close(): Promise<void>;
  /** Calls `close()` at the end of a scope: `await using aggregator = await startAggregator(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an aggregator in this process: it adds up the pushes of instances, keeps the sums on disk, and pushes one
 * group for each job to a Pushgateway.
 *
 * @param options where its state is, where it listens, and which Pushgateway it pushes to
 * @returns the running aggregator, once it listens and has read its state
 * @throws TypeError if an option is wrong; the message names it
 * @throws Error if the directory, the port or the certificate cannot be used; the message says what to do
 */
export async function startAggregator(options: AggregatorOptions): Promise<RunningAggregator> {
  const settings = settingsOf(options);
  const { directory, log, maxSeries, maxLives, name, tls } = settings;
  const address = gatewayAddress(settings.pushgateway, settings.pushgatewayAuth);
  const startedMs = Date.now();
  const store = openStateStore(directory);
  const aggregate = createAggregate({ maxSeries, maxLives, warn: log });
  const metrics = createOwnMetrics(startedMs);
  const gatekeeper = createGatekeeper(settings.auth);
  let isReady = false;
  let isFailing = false;

  const commits = createCommits(
    () => aggregate.changes(),
    (pieces) => store.write(pieces),
    (durationMs, error) => {
      metrics.committed(durationMs, error);
      if (error && !isFailing)
        log(
          `the state in ${directory} cannot be written (${error.message}): pushes are answered 503 until it can`,
        );
      if (!error && isFailing) log(`the state in ${directory} can be written again`);
      isFailing = error !== undefined;
    },
  );
  const passThrough = createPassThrough(address, gatekeeper.asks, (answered) =>
    metrics.passedOn(answered),
  );
  const upstream = createUpstream({
    aggregate,
    commits,
    address,
    pushIntervalMs: settings.pushIntervalMs,
    scrapeIntervalMs: settings.scrapeIntervalMs,
    log,
    ended: (failure) => metrics.pushedUpstream(failure),
  });

  function levels(): Levels {
    const groups = aggregate.groups(Date.now());
    return {
      lives: aggregate.lives,
      groups: groups.length,
      overflowedSeries: groups.reduce((sum, { seriesOverLimit }) => sum + seriesOverLimit, 0),
      forgottenEarly: aggregate.forgottenEarly,
      leftOut: upstream.leftOut,
      isGatewayUp: upstream.status.state !== "away",
    };
  }

  function page(): string {
    const nowMs = Date.now();
    const jobs = aggregate.groups(nowMs).map(({ labels, instances, series, newestPushMs }) => ({
      labels,
      lives: instances,
      series,
      newestPushMs: Number.isFinite(newestPushMs) ? newestPushMs : undefined,
    }));
    const { lives } = aggregate;
    const gateway = upstream.status;
    return renderPage(
      { name, version: VERSION, startedMs, jobs, lives, maxLives, maxSeries, gateway },
      nowMs,
    );
  }

  const server = createHttpServer(
    tls,
    serve({
      gatekeeper,
      receiver: {
        aggregate,
        name,
        commits,
        changed: (group) => upstream.changed(group),
        remove: (group, removed) => upstream.remove(group, removed),
        answered: (answer) => metrics.pushAnswered(answer),
        passOn: (request, response, body) => passThrough.passOn(request, response, body),
      },
      isReady: () => isReady,
      scrape: createScrape(aggregate, commits, () => metrics.text(levels())),
      page,
    }),
  );
  const forgetting = setInterval(() => {
    metrics.forgotten(aggregate.forgetSilent(Date.now()));
    commits.whenDurable(() => undefined);
  }, FORGET_EVERY_MS);

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    const untilMs = Date.now() + CLOSE_MS;
    clearInterval(forgetting);
    if (server.listening) {
      const ended = once(server, "close");
      // A client that is never idle would otherwise be cut off in the middle of a push.
      server.prependListener("request", (_, response) => response.setHeader("connection", "close"));
      server.close();
      // Connections whose last answer did not say so yet.
      const closing = setInterval(() => server.closeIdleConnections(), 50);
      const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_MS / 2);
      await ended;
      clearInterval(closing);
      clearTimeout(cutOff);
    }
    await upstream.close(untilMs);
    await commits.durable().catch(() => undefined);
    passThrough.close();
    await store.close();
  }
  const closeOnce = () => (closed ??= close());

  let url: string;
  try {
    url = await listen(server, settings.host, settings.port, tls !== undefined);
    aggregate.restore(store.pieces());
    isReady = true;
  } catch (error) {
    await closeOnce();
    throw error;
  }
  upstream.start();
  return { url, close: closeOnce, [Symbol.asyncDispose]: closeOnce };
}

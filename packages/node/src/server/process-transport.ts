import type { Transport } from "@prefreeze/core";
import { shared } from "@prefreeze/core/adapter";
import { isNodeHttpAsked } from "../transport/asked-transport.js";
import { httpTransport } from "../transport/http-transport.js";
import { installedUndici } from "../transport/installed-undici.js";
import { isProxied } from "../transport/is-proxied.js";
import { transportOver } from "../transport/over-undici.js";

const chosen = shared("processTransport", {
  transport: httpTransport,
  name: "",
  searched: false,
});

/** Sends requests as `httpTransport` does, until `preferUndici()` has found another way. */
export const processTransport: Transport = Object.assign(
  ((request) => chosen.transport(request)) satisfies Transport,
  { gzip: httpTransport.gzip!, explain: transportName },
);

/** What sends the requests, for `explain()`. */
export function transportName(): string {
  return chosen.name || httpTransport.explain!();
}

/**
 * Sends requests by undici from now on, if the program has installed it: pushes then use the dispatcher that the
 * program has set for all its requests. `PREFREEZE_TRANSPORT=http` prevents it.
 */
export function preferUndici(): void {
  if (chosen.searched) return;
  chosen.searched = true;
  // Node.js itself brings the proxy that NODE_USE_ENV_PROXY turns on to `node:http`, and to its own `fetch` alone.
  if (isNodeHttpAsked() || isProxied()) return;
  const found = installedUndici();
  if (!found) return;
  chosen.transport = transportOver(found.undici);
  chosen.name = `undici ${found.version}`;
}

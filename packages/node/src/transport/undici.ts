import type { Transport } from "@prefreeze/core";
import { type Dispatcher, getGlobalDispatcher, request } from "undici";
import { gzip } from "./gzip.js";
import { transportOver } from "./over-undici.js";

/**
 * Sends requests by undici 7 or 8; for proxies, client certificates, pools and long-lived processes.
 *
 * @param dispatcher an undici `Agent`, `Pool`, `ProxyAgent` and so on; default: undici's global dispatcher
 */
export function undiciTransport(dispatcher?: Dispatcher): Transport {
  return Object.assign(transportOver({ getGlobalDispatcher, request }, dispatcher), { gzip });
}

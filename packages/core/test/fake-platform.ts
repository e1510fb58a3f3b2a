import { AsyncLocalStorage } from "node:async_hooks";
import type { Instance, InvocationStore, InvocationDescriptor, Platform } from "../src/adapter.js";
import { fetchTransport } from "../src/target/fetch-transport.js";
import type { Options } from "../src/index.js";
import type { Core } from "./core.js";

/** A platform that keeps concurrent invocations apart and has an empty environment. */
export function fakePlatform(differences: Partial<Platform> = {}): Platform {
  return {
    name: "test_platform",
    flushMode: ["flush before returning"],
    env: {},
    job: "checkout",
    instancePrefix: "test",
    targetInfo: { faas_name: "checkout" },
    store: new AsyncLocalStorage() satisfies InvocationStore,
    transport: fetchTransport,
    ...differences,
  };
}

/** Sets up the instance; fails if it is disabled. */
export function startInstance(
  core: Core,
  options: Options = {},
  differences: Partial<Platform> = {},
): Instance {
  const instance = core.instanceOn(fakePlatform(differences), options);
  if (instance === undefined) throw new Error("the instance is disabled");
  return instance;
}

/** An HTTP request whose caller waits for the flush. */
export function descriptor(differences: Partial<InvocationDescriptor> = {}): InvocationDescriptor {
  return {
    key: {},
    id: "request-1",
    trigger: "http",
    keepAlive: (flush) => flush(),
    ...differences,
  };
}

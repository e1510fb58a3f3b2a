// Loses and repeats RPCs to the aggregator object. This is faked: nothing from outside workerd can come between an isolate
// and an object. The run says, call by call, what becomes of it.

/** What becomes of a call of the aggregator object. */
export type RpcFate = "made" | "lost before" | "lost after" | "twice" | "once more after the next";

interface Stub {
  take(...args: readonly unknown[]): Promise<unknown>;
  /** The run's own orders, which always arrive. */
  evict(): unknown;
  wipe(): unknown;
  ring(): unknown;
}

interface Namespace {
  get(id: unknown): Stub;
}

interface Bindings {
  readonly PREFREEZE?: Namespace;
  readonly RPC_FATES?: { fetch(url: string): Promise<Response> };
}

/** Comes between all calls of this isolate and the object, if the Worker has the binding that tells their fates. */
export async function fakeRpcFaults(): Promise<void> {
  // Its types are in a package that is not installed here.
  const { env } = (await import(["cloudflare", "workers"].join(":"))) as { readonly env: Bindings };
  const { PREFREEZE, RPC_FATES } = env;
  if (PREFREEZE === undefined || RPC_FATES === undefined) return;
  const prototype = Object.getPrototypeOf(PREFREEZE) as Namespace;
  const { get } = prototype;
  let held: readonly unknown[] | undefined;
  prototype.get = function (this: Namespace, id) {
    const stub = get.call(this, id);
    return {
      evict: () => stub.evict(),
      wipe: () => stub.wipe(),
      ring: () => stub.ring(),
      async take(...args) {
        const fate = (await (await RPC_FATES.fetch("http://fates/")).text()) as RpcFate;
        if (fate === "lost before") throw new Error("lost by the run");
        const answer = await stub.take(...args);
        if (fate === "twice") await stub.take(...args);
        if (held) await stub.take(...held);
        held = fate === "once more after the next" ? args : undefined;
        if (fate === "lost after") throw new Error("lost by the run");
        return answer;
      },
    };
  };
}

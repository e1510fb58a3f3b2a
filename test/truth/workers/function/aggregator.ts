// The aggregator object, and what the run does to it.
import { PrefreezeAggregator as Aggregator } from "@prefreeze/cloudflare-workers/aggregator";
import { WorkerEntrypoint } from "./runtime.js";

/** What the run does to all objects that a Worker pushes to. */
export type ObjectOrder = "evict" | "wipe" | "ring";

interface Context {
  abort(reason: string): void;
  readonly storage: { deleteAll(): Promise<void> };
}

/** Gives the run what it cannot have from outside. */
export class PrefreezeAggregator extends Aggregator {
  /** The object ends without notice, and begins again with what it has stored. */
  evict(): void {
    (this.ctx as unknown as Context).abort("evicted by the run");
  }

  /** Does what the next alarm will do. */
  async ring(): Promise<void> {
    await this.alarm();
  }

  async wipe(): Promise<void> {
    await (this.ctx as unknown as Context).storage.deleteAll();
  }
}

interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): PrefreezeAggregator;
}

interface Bindings {
  readonly PREFREEZE?: Namespace;
  readonly PREFREEZE_SHARDS?: string;
}

/** Carries out the run's orders. It is not measured. */
export class Control extends WorkerEntrypoint<
  { readonly exports: { readonly PrefreezeAggregator: Namespace } },
  Bindings
> {
  async fetch(request: Request): Promise<Response> {
    const order = (await request.text()) as ObjectOrder;
    try {
      await this.#carryOut(order);
      return new Response();
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  }

  async #carryOut(order: ObjectOrder): Promise<void> {
    const namespace = this.env.PREFREEZE ?? this.ctx.exports.PrefreezeAggregator;
    for (let shard = 0; shard < Number(this.env.PREFREEZE_SHARDS ?? 1); shard++) {
      const object = namespace.get(namespace.idFromName(`prefreeze-${shard}`));
      if (order === "wipe") await object.wipe();
      else if (order === "ring") await object.ring();
      // Its call ends with the object.
      else await Promise.resolve(object.evict()).catch(() => undefined);
    }
  }
}

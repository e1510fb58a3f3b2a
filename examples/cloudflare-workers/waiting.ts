import { instrumentDurableObject } from "@prefreeze/cloudflare-workers";
import { DurableObject } from "cloudflare:workers";

/** Counts what waits in a queue, in its storage. */
class Count extends DurableObject {
  async add(change: number): Promise<void> {
    this.ctx.storage.kv.put("count", this.#count() + change);
  }

  async count(): Promise<number> {
    return this.#count();
  }

  #count(): number {
    return this.ctx.storage.kv.get<number>("count") ?? 0;
  }
}

/** Each call of its methods is an invocation. */
export class Waiting extends instrumentDurableObject(Count) {}

import { DurableObject } from "cloudflare:workers";
import { createAlarmClock } from "./alarm-clock.js";
import { createDurableTotals, type TakenPush } from "./durable-totals.js";
import { chooseGateway } from "./choose-gateway.js";
import { createGatewayPushes, type GatewayPushes } from "./gateway-pushes.js";
import { settingsOf } from "./settings.js";
import { createStateStore } from "./state-store.js";

export type { TakenPush } from "./durable-totals.js";

/**
 * A Durable Object that adds up the pushes of all isolates, keeps the sums in its storage, and pushes one group for
 * each job to the Pushgateway. Export it from your Worker, and add one migration.
 */
export class PrefreezeAggregator extends DurableObject {
  readonly #clock = createAlarmClock(this.ctx.storage);
  readonly #name = this.ctx.id.toString().slice(0, 12);
  readonly #settings = settingsOf(this.env);
  readonly #totals = createDurableTotals(
    createStateStore(this.ctx.storage),
    this.#name,
    this.#settings,
    (group) => this.#pushes?.changed(group),
  );
  /** Undefined if there is no gateway: then totals are kept, and that is all. */
  readonly #pushes = this.#createPushes();

  #createPushes(): GatewayPushes | undefined {
    const gateway = chooseGateway(this.#settings, this.#name);
    return gateway && createGatewayPushes(this.#totals, gateway, this.#settings);
  }

  /**
   * Takes a push of an isolate. It is written before the answer arrives.
   *
   * @param path of the isolate's group, with its instance
   * @param body the snapshot; empty for `DELETE`
   */
  async take(path: string, body: string, method: "PUT" | "DELETE"): Promise<TakenPush> {
    // Nothing is awaited before the push is written, so pushes cannot come between one another.
    const answer = this.#totals.take(path, body, method);
    await this.#clock.ringAt(this.#pushes?.nextMs());
    return answer;
  }

  /** Called by the runtime, for ever: pushes what has changed. */
  async alarm(): Promise<void> {
    await this.#clock.ringing(async () => {
      await this.#pushes?.push();
      return this.#pushes?.nextMs();
    });
  }
}

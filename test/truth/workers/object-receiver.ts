import { setTimeout as sleep } from "node:timers/promises";
import { parseText } from "../../pushgateway/parse.js";
import { isObjectFault, type ObjectFault } from "../faults.js";
import { startGatewayReceiver } from "../gateway-receiver.js";
import type { Readings } from "../oracle.js";
import type { Random } from "../random.js";
import { type Compared, readingsOf } from "../readings.js";
import type { Receiver } from "../receiver.js";
import { addTo, type IsOf, type Values, valuesOf } from "../through/series.js";
import type { WorkerFleet } from "./fleet.js";
import type { ObjectOrder } from "./function/aggregator.js";
import type { RpcFate } from "./function/faulty-rpc.js";

/** Where a run's pushes end: a real gateway, and the aggregator objects before it if there are any. */
export interface ObjectReceiver extends Receiver {
  /** The gateway's address; undefined while it restarts. */
  url(): string | undefined;
  /** What becomes of a call of an object. */
  rpcFate(): RpcFate;
  /** Whose objects the faults strike. */
  strike(fleets: readonly WorkerFleet[]): void;
  /** What the gateway has shown of storage that was wiped. */
  closed(): Promise<Values>;
}

interface Group {
  readonly readings: Readings;
  readonly values: Values;
}

const EVICTIONS = 4;

export async function startObjectReceiver(
  compared: Compared,
  random: Random,
): Promise<ObjectReceiver> {
  const gateway = await startGatewayReceiver({ compared });
  /** The groups of storage that was wiped, by name and the time of their last push. */
  const closed = new Map<string, Group>();
  let fleets: readonly WorkerFleet[] = [];
  let rpcFault: "rpc-lost" | "rpc-repeated" | undefined;
  let working: Promise<void> | undefined;

  /** Groups that new storage has replaced. A group that no life pushes to any more stays as it was. */
  async function replaced(): Promise<readonly Group[]> {
    if (closed.size === 0) return [];
    const now = groupsIn(await gateway.metrics());
    return [...closed].flatMap(([key, group]) => (now.has(key) ? [] : [group]));
  }

  const eachWorker = async (order: ObjectOrder) => {
    for (const fleet of fleets) for (const name of fleet.names) await fleet.order(name, order);
  };

  async function evictions(): Promise<void> {
    for (let eviction = 0; eviction < EVICTIONS; eviction++) {
      await sleep(random.between(20, 300));
      await eachWorker("evict");
    }
  }

  const faults: Readonly<Record<ObjectFault, () => Promise<void>>> = {
    async "object-evicted"() {
      working = evictions();
    },
    async "object-wiped"() {
      // What was shown until now counts; the next storage begins at zero.
      const scrape = await gateway.metrics();
      for (const [key, labels] of groupsIn(scrape)) {
        const isOf: IsOf = ({ job, aggregator }) =>
          job === labels.job && aggregator === labels.aggregator;
        const readings = readingsOf(scrape, isOf, compared);
        closed.set(key, { readings, values: valuesOf(scrape, isOf) });
      }
      await eachWorker("wipe");
    },
    async "rpc-lost"() {
      rpcFault = "rpc-lost";
    },
    async "rpc-repeated"() {
      rpcFault = "rpc-repeated";
    },
  };

  return {
    ...gateway,
    async closed() {
      const values = new Map<string, number>();
      for (const group of await replaced()) addTo(values, group.values);
      return values;
    },
    strike: (struck) => (fleets = struck),
    rpcFate() {
      if (rpcFault === undefined || random.chance(0.5)) return "made";
      return random.oneOf(
        rpcFault === "rpc-lost"
          ? ["lost before", "lost after"]
          : ["twice", "once more after the next"],
      );
    },
    async begin(fault) {
      await (isObjectFault(fault) ? faults[fault]() : gateway.begin(fault));
    },
    async end(fault) {
      rpcFault = undefined;
      await gateway.end(fault);
      if (fault !== "gateway-killed") return;
      await gateway.settled();
      // An object to which nobody pushes any more brings its groups back within four minutes. The run does not wait so long.
      await eachWorker("evict");
      await eachWorker("ring");
    },
    async settled() {
      await working;
      working = undefined;
      await gateway.settled();
    },
    async readings(): Promise<Readings> {
      const readings = new Map<string, Map<string, number>>();
      const closedReadings = (await replaced()).map((group) => group.readings);
      for (const source of [await gateway.readings(), ...closedReadings])
        for (const [environment, reading] of source) {
          const sums = readings.get(environment) ?? new Map<string, number>();
          readings.set(environment, sums);
          addTo(sums, reading);
        }
      return readings;
    },
    async values() {
      const values = new Map(await gateway.values());
      for (const group of await replaced()) addTo(values, group.values);
      return values;
    },
  };
}

/** @returns the labels of each group, by its name and the time of its last push */
function groupsIn(scrape: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const times = parseText(scrape).filter(({ name }) => name === "push_time_seconds");
  return new Map(
    times
      .flatMap(({ samples }) => samples)
      .map(({ labels, value }) => [`${labels.job} ${labels.aggregator} ${value}`, labels]),
  );
}

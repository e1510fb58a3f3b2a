import { groupPath } from "../target/group-path.js";
import type { JournalLife } from "./journal.js";
import {
  type Gateway,
  pushgateway,
  type PushgatewayOptions,
  type Target,
} from "../target/pushgateway.js";
import { rendezvous } from "../target/rendezvous.js";
import type { Transport } from "../target/transport.js";

/**
 * What was silent for longer starts anew: its group may be pruned soon, and its growth no longer be told
 * from its totals by the queries, which look back for an hour.
 */
export const LEASE_MS = 600_000;

/** One life: what is pushed under one instance id, to one gateway. */
export interface Life extends JournalLife {
  sequence: number;
  unclear: boolean;
  /** When a push last ended without an answer, in milliseconds since 1970. */
  unclearAtMs: number;
  /** The newest snapshot that is known to have landed. */
  acknowledged: { readonly totals: string; readonly atMs: number } | undefined;
  readonly startedAtMs: number;
  /** @throws TypeError where it cannot be written */
  path(): string;
  readonly target: Target;
}

/** Makes the lives of one instance: where they push to, and as what. */
export interface Lives {
  /** @param leaving the gateway that the last life could not reach; another is taken where there is one */
  begin(leaving?: string): Life;
  /** Goes on with a life that another process left. */
  resume(life: JournalLife, acknowledged: Life["acknowledged"]): Life;
}

/** Where lives push to, and as what. */
export interface Destination {
  readonly gateways: readonly Gateway[];
  readonly bearerToken?: string | undefined;
  readonly job: string;
  readonly instancePrefix: string;
  readonly grouping: Readonly<Record<string, string>>;
}

export function livesOf(
  options: Partial<Pick<PushgatewayOptions, "headers" | "gzipAboveBytes">> & {
    readonly transport?: Transport | undefined;
  },
  settings: Destination,
  transport: Transport,
): Lives {
  const { gateways, instancePrefix } = settings;
  const resume: Lives["resume"] = ({ id, url, sequence, unclear }, acknowledged) => {
    let path: string | undefined;
    return {
      id,
      url,
      sequence,
      unclear,
      unclearAtMs: unclear ? Date.now() : 0,
      acknowledged,
      startedAtMs: Date.now(),
      path: () => (path ??= groupPath({ ...settings, instance: id })),
      target: pushgateway({
        ...options,
        ...settings,
        ...gateways.find((gateway) => gateway.url === url)!,
        transport: options.transport ?? transport,
      }),
    };
  };
  return {
    begin(leaving) {
      // 74 random bits.
      const id = `${instancePrefix}-${crypto.randomUUID().slice(0, 23)}`;
      const urls = gateways.map(({ url }) => url);
      const others = urls.filter((url) => url !== leaving);
      const url = rendezvous(id, others.length > 0 ? others : urls);
      return resume({ id, url, sequence: 0, unclear: false }, undefined);
    },
    resume,
  };
}

import type { Format } from "../exposition/format.js";
import { stopwatch } from "../runtime/stopwatch.js";
import { groupingKeyPath } from "../target/grouping-key.js";
import {
  type Gateway,
  pushgateway,
  type PushgatewayOptions,
  type Secret,
  type Target,
} from "../target/pushgateway.js";
import { rendezvous } from "../target/rendezvous.js";
import type { Transport } from "../target/transport.js";
import { createInDoubt, type InDoubt } from "./in-doubt.js";
import type { Acknowledged, JournalLife } from "./journal.js";

/** One life: the totals that are pushed under one instance id, to one gateway. */
export interface Life extends JournalLife {
  sequence: number;
  readonly pushesInDoubt: InDoubt;
  /** The newest snapshot that is known to be acknowledged. */
  acknowledged: Acknowledged | undefined;
  /** How long the gateway has had the newest acknowledged snapshot at least, in milliseconds. */
  sinceAppliedMs: () => number;
  /** @throws TypeError if the grouping key cannot be written */
  path(): string;
  readonly target: Target;
}

/** Begins the lives of one instance. */
export interface Lives {
  /** @param leaving the gateway that the previous life could not reach; another one is chosen if there is one */
  begin(leaving?: string): Life;
  /** Continues a life that the previous process left. */
  resume(life: JournalLife, acknowledged: Acknowledged | undefined): Life;
}

/** Where the lives of an instance push to, under which grouping key, and in which format. */
export interface Destination {
  readonly gateways: readonly Gateway[];
  readonly bearerToken?: Secret | undefined;
  readonly job: string;
  readonly instancePrefix: string;
  readonly grouping: Readonly<Record<string, string>>;
  readonly format: Format | undefined;
}

/** How requests to the gateway are made. */
export interface RequestOptions extends Partial<
  Pick<PushgatewayOptions, "headers" | "gzipAboveBytes">
> {
  readonly transport?: Transport | undefined;
}

export function createLives(
  destination: Destination,
  { headers, gzipAboveBytes, transport }: RequestOptions,
  platformTransport: Transport,
  mayFreeze: boolean,
  randomBytes: (length: number) => Uint8Array = (length) =>
    crypto.getRandomValues(new Uint8Array(length)),
): Lives {
  const { gateways, instancePrefix, bearerToken, format } = destination;
  const resume: Lives["resume"] = ({ id, url, sequence, startedAtMs, inDoubt }, acknowledged) => {
    let path: string | undefined;
    const pushesInDoubt = createInDoubt(inDoubt ? sequence : 0, mayFreeze);
    return {
      id,
      url,
      sequence,
      get inDoubt() {
        return pushesInDoubt.any;
      },
      pushesInDoubt,
      acknowledged,
      // The process that read the answer is gone.
      sinceAppliedMs: stopwatch(mayFreeze),
      startedAtMs,
      path: () => (path ??= groupingKeyPath({ ...destination, instance: id })),
      target: pushgateway({
        ...gateways.find((gateway) => gateway.url === url)!,
        bearerToken,
        headers,
        gzipAboveBytes,
        contentType: format?.contentType,
        transport: transport ?? platformTransport,
      }),
    };
  };
  return {
    begin(leaving) {
      const id = `${instancePrefix}-${nonce(randomBytes(10))}`;
      const urls = gateways.map(({ url }) => url);
      const others = urls.filter((url) => url !== leaving);
      const url = rendezvous(id, others.length > 0 ? others : urls);
      const startedAtMs = Date.now();
      return resume({ id, url, sequence: 0, startedAtMs, inDoubt: false }, undefined);
    },
    resume,
  };
}

/**
 * The first 23 characters of a version 4 UUID, with 74 random bits.
 *
 * `crypto.randomUUID()` is not used: Node.js takes it from bytes that it drew before, and that every process
 * with the same memory snapshot has.
 */
function nonce(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})/, "$1-$2-$3-");
}

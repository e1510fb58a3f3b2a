import {
  fetchTransport,
  pushgateway,
  rendezvous,
  type Target,
  warnOnce,
} from "@prefreeze/core/adapter";
import type { Settings } from "./settings.js";

/** The gateway that the object pushes to. */
export interface ChosenGateway {
  readonly target: Target;
  /** Without credentials and query, for messages. */
  readonly url: string;
}

/** @returns one of the gateways, the same for the object's whole life; undefined if there is none */
export function chooseGateway(
  { gateways, bearerToken }: Settings,
  name: string,
): ChosenGateway | undefined {
  if (gateways.length === 0) {
    warnOnce(
      "no gateway of the aggregator",
      "the aggregator object has no PUSHGATEWAY_URL: it adds up what it gets, and pushes nothing",
    );
    return undefined;
  }
  const url = rendezvous(
    name,
    gateways.map((gateway) => gateway.url),
  );
  const gateway = gateways.find((each) => each.url === url)!;
  return { url, target: pushgateway({ ...gateway, bearerToken, transport: fetchTransport }) };
}

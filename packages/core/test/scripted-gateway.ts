import type { TransportRequest, TransportResponse } from "../src/index.js";
import { valueIn } from "./core.js";
import { systemError } from "./scripted-flusher.js";

/**
 * How a request ends: with a status, no connection, a broken connection, no answer until it is aborted, no
 * connection until it is aborted, or not yet. With a status below 300, the request is applied; with `applied`, it is applied and not answered.
 */
export type Answer =
  | number
  | "refused"
  | "reset"
  | "reset, applied"
  | "silent"
  | "unreachable"
  | "held";

export interface ScriptedRequest {
  readonly method: string;
  /** The gateway's address, without the group's path. */
  readonly gateway: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Answers a request that is held. */
  answer(how: Answer): void;
}

/**
 * Gateways behind a transport. They fail when told to, or apply a push without an answer, which no real
 * gateway can be told to do.
 */
export interface ScriptedGateway {
  readonly transport: (request: TransportRequest) => Promise<TransportResponse>;
  readonly requests: ScriptedRequest[];
  /** The requests that carry a snapshot. */
  readonly pushes: readonly ScriptedRequest[];
  /** The newest snapshot of each group, by its address. */
  readonly groups: ReadonlyMap<string, string>;
  /** Sets how the next requests are answered; further ones are answered like the last one. */
  next(...answers: Answer[]): void;
  /** Sets how one of several gateways answers, as `next` does for all. */
  at(gateway: string, answer: Answer | undefined): void;
  /** The sum over all groups, deleted ones included, as a query would show it. */
  sum(series: string): number;
  /** The instances that have or had a group, in the order in which they appeared. */
  instances(): string[];
}

export function scriptedGateway(): ScriptedGateway {
  const answers: Answer[] = [200];
  const answersByGateway = new Map<string, Answer>();
  const requests: ScriptedRequest[] = [];
  const groups = new Map<string, string>();
  const scraped = new Map<string, string>();

  function respond(
    how: Answer,
    { url, method, body, signal }: TransportRequest,
  ): Promise<TransportResponse> {
    if (how === "reset, applied" || (typeof how === "number" && how < 300)) {
      if (method === "DELETE") groups.delete(url);
      else for (const each of [groups, scraped]) each.set(url, body as string);
    }
    if (typeof how === "number") return Promise.resolve({ status: how, body: "" });
    if (how === "refused") return Promise.reject(systemError("ECONNREFUSED"));
    if (how.startsWith("reset")) return Promise.reject(systemError("ECONNRESET"));
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () =>
        reject(Object.assign(new Error("aborted"), { nothingSent: how === "unreachable" })),
      ),
    );
  }

  return {
    requests,
    get pushes() {
      return requests.filter(({ method }) => method === "PUT");
    },
    groups,
    next: (...further) => void answers.splice(0, answers.length, ...further),
    at: (gateway, answer) =>
      void (answer === undefined
        ? answersByGateway.delete(gateway)
        : answersByGateway.set(gateway, answer)),
    transport: (request) =>
      new Promise((resolve) => {
        const { url, method, body, headers, signal } = request;
        // It has no list of its groups.
        if (method === "GET") return resolve({ status: 404, body: "" });
        const path = url.indexOf("/metrics/");
        const gateway = url.slice(0, path);
        const answer = (how: Answer) => resolve(respond(how, request));
        requests.push({
          method,
          gateway,
          path: url.slice(path),
          body: body as string,
          headers,
          signal,
          answer,
        });
        const how =
          answersByGateway.get(gateway) ?? (answers.length > 1 ? answers.shift()! : answers[0]!);
        if (how !== "held") answer(how);
      }),
    sum: (series) =>
      [...scraped.values()].reduce((sum, body) => sum + (valueIn(body, series) ?? 0), 0),
    instances: () => [...scraped.keys()].map((url) => /instance\/([^/]+)/.exec(url)![1]!),
  };
}

import type { TransportRequest, TransportResponse } from "../src/index.js";
import { valueIn } from "./core.js";
import { systemError } from "./scripted-push.js";

/**
 * How a request ends: with a status, without a connection, with a broken one, without an answer until it is
 * given up, or not yet. A request with a status below 300 is applied; with `applied`, so is an unanswered one.
 */
export type Answer = number | "refused" | "reset" | "reset, applied" | "silent" | "held";

export interface Asked {
  readonly method: string;
  /** The gateway's address, without the group's path. */
  readonly gateway: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Answers a held request now. */
  answer(how: Answer): void;
}

/** Gateways behind a transport, which fail or apply requests on command, as no real gateway can be told to. */
export interface ScriptedGateway {
  readonly transport: (request: TransportRequest) => Promise<TransportResponse>;
  readonly asked: Asked[];
  /** The newest snapshot of each group, by its address. */
  readonly groups: ReadonlyMap<string, string>;
  /** Sets how the next requests end. Later requests end like the last one. */
  next(...answers: Answer[]): void;
  /** The same as `next`, for one of several gateways. */
  at(gateway: string, answer: Answer | undefined): void;
  /** The sum over all groups, as a person reads it. */
  sum(series: string): number;
  /** The instances that have a group, in the order of their first push. */
  instances(): string[];
}

export function scriptedGateway(): ScriptedGateway {
  const answers: Answer[] = [200];
  const places = new Map<string, Answer>();
  const asked: Asked[] = [];
  const groups = new Map<string, string>();

  function respond(
    how: Answer,
    { url, method, body, signal }: TransportRequest,
  ): Promise<TransportResponse> {
    if (how === "reset, applied" || (typeof how === "number" && how < 300)) {
      if (method === "DELETE") groups.delete(url);
      else groups.set(url, body as string);
    }
    if (typeof how === "number") return Promise.resolve({ status: how, body: "" });
    if (how === "refused") return Promise.reject(systemError("ECONNREFUSED"));
    if (how.startsWith("reset")) return Promise.reject(systemError("ECONNRESET"));
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("aborted"))),
    );
  }

  return {
    asked,
    groups,
    next: (...told) => void answers.splice(0, answers.length, ...told),
    at: (gateway, answer) =>
      void (answer === undefined ? places.delete(gateway) : places.set(gateway, answer)),
    transport: (request) =>
      new Promise((resolve) => {
        const { url, method, body, headers, signal } = request;
        const path = url.indexOf("/metrics/");
        const gateway = url.slice(0, path);
        const answer = (how: Answer) => resolve(respond(how, request));
        asked.push({
          method,
          gateway,
          path: url.slice(path),
          body: body as string,
          headers,
          signal,
          answer,
        });
        const how = places.get(gateway) ?? (answers.length > 1 ? answers.shift()! : answers[0]!);
        if (how !== "held") answer(how);
      }),
    sum: (series) =>
      [...groups.values()].reduce((sum, body) => sum + (valueIn(body, series) ?? 0), 0),
    instances: () => [...groups.keys()].map((url) => /instance\/([^/]+)/.exec(url)![1]!),
  };
}

import type { Transport } from "../src/index.js";
import type { Life } from "../src/life/life.js";
import { collectWarnings, type Core, valueIn } from "./core.js";
import { fakeClock } from "./fake-clock.js";
import { startInstance } from "./fake-platform.js";

/** How a gateway answers a push: with a status, a system error's code, or silence. */
export type Answer = number | string;

/** One push of a life, and how it is answered. */
export interface PastPush {
  /** Since the life began. */
  readonly atMs: number;
  /** Of several, each answers one request, and the last one all further ones. */
  readonly answer: Answer | readonly Answer[];
}

/** A request as it was sent to a gateway. */
export interface Sent {
  readonly method: string;
  /** The gateway's address. */
  readonly url: string;
  readonly instance: string;
  readonly sequence: number | undefined;
  /** The value of `work_total`. */
  readonly work: number | undefined;
  /** The sequence number that it says is acknowledged. */
  readonly acknowledged: number | undefined;
}

/**
 * An instance whose clock stands still between its pushes. Fakes the clock and failing networks, which a test
 * cannot wait for or cause.
 */
export interface LifeHistory {
  readonly sent: readonly Sent[];
  /** Counts one unit of work and pushes it. */
  push(push: PastPush): Promise<void>;
  /** Counts one unit of work without pushing it. */
  work(): void;
  /** Ends the life, `atMs` after it began. */
  end(atMs: number): Promise<void>;
  readonly life: Pick<Life, "id" | "url" | "sequence" | "inDoubt" | "acknowledged">;
}

export async function beginHistory(
  core: Core,
  urls: readonly string[] = ["http://gateway.test:9091"],
): Promise<LifeHistory> {
  collectWarnings();
  const clock = fakeClock(false);
  const sent: Sent[] = [];
  let answers: Answer[] = [200];
  const transport: Transport = ({ method, url, body, signal, timeoutMs }) => {
    const [gateway, group] = url.split("metrics/job/checkout/instance/");
    const text = typeof body === "string" ? body : "";
    sent.push({
      method,
      url: gateway!,
      instance: group!,
      sequence: valueIn(text, "prefreeze_snapshot_sequence"),
      work: valueIn(text, "work_total"),
      acknowledged: acknowledgedIn(text),
    });
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (answer === "silence") {
      clock.freeze(timeoutMs);
      return untilAborted(signal);
    }
    if (typeof answer === "string")
      return Promise.reject(Object.assign(new Error(answer), { code: answer }));
    return Promise.resolve({ status: answer, body: "" });
  };
  const work = core.counter({ name: "work_total", help: "Units of work." });
  const begunMs = Date.now();
  const { pusher } = startInstance(core, { url: urls, transport, flushTimeoutMs: 150 });
  return {
    sent,
    async push(push) {
      clock.freeze(begunMs + push.atMs - Date.now());
      answers = [push.answer].flat();
      work.inc();
      await pusher!.flusher.flush();
    },
    work: () => work.inc(),
    async end(atMs) {
      clock.freeze(begunMs + atMs - Date.now());
      answers = [200];
      await core.endLife(pusher!, Date.now() + 2_000);
    },
    get life() {
      return { ...pusher!.life };
    },
  };
}

function acknowledgedIn(text: string): number | undefined {
  const [, sequence] = /\n# ACKNOWLEDGED (\d+)\n$/.exec(text) ?? [];
  return sequence === undefined ? undefined : Number(sequence);
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

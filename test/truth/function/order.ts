// The handler of the truth run. It notes in a file of its own what it did, for the oracle to read: what
// the metrics say is compared with that.
import { appendFileSync } from "node:fs";

export interface OrderEvent {
  readonly id: number;
  readonly plan: "free" | "pro";
  readonly amount: number;
  readonly runMs: number;
  readonly fault?: "throw" | "timeout" | "blocked" | "exit" | "uncaught" | "killed";
}

export interface OrderAnswer {
  readonly id: number;
  /** How long the handler itself took. */
  readonly handlerMs: number;
  /** It was the first of its process. */
  readonly first: boolean;
}

/** One line of the file. */
export interface Note {
  readonly at: "begun" | "ended";
  readonly id: number;
  /** Of the environment, as it is in its instances' names. */
  readonly environment: string;
  /** Of the process. */
  readonly boot: string;
}

let first = true;
const boot = crypto.randomUUID();
const environment = /\](\w{8})/.exec(process.env["AWS_LAMBDA_LOG_STREAM_NAME"]!)![1]!;

function note(at: Note["at"], id: number): void {
  const line: Note = { at, id, environment, boot };
  appendFileSync(process.env["NOTES"]!, `${JSON.stringify(line)}\n`);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const FOREVER_MS = 60_000;

export async function order(
  { id, amount, runMs, fault }: OrderEvent,
  record: (amount: number) => void,
): Promise<OrderAnswer> {
  const startedMs = performance.now();
  const answer = { id, first };
  first = false;
  note("begun", id);
  record(amount);
  if (runMs > 0) await wait(runMs);
  switch (fault) {
    case "throw":
      note("ended", id);
      throw new RangeError("no such plan");
    case "timeout":
      await wait(FOREVER_MS);
      break;
    case "blocked": {
      const untilMs = Date.now() + FOREVER_MS;
      while (Date.now() < untilMs);
      break;
    }
    case "exit":
      process.exit(3);
    case "uncaught":
      setImmediate(() => {
        throw new Error("nobody catches this");
      });
      await wait(FOREVER_MS);
      break;
    case "killed":
      process.kill(process.pid, "SIGKILL");
      await wait(FOREVER_MS);
      break;
    case undefined:
  }
  record(1);
  note("ended", id);
  return { ...answer, handlerMs: performance.now() - startedMs };
}

import type { TransportResponse } from "@prefreeze/core";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { Agent, ClientRequest } from "node:http";
import { expect, test } from "vitest";
import { MAX_ANSWER_CHARACTERS } from "../../src/transport/answer-limit.js";
import { type Ends, exchange } from "../../src/transport/raw/exchange.js";
import { newOrigin } from "../../src/transport/raw/origin.js";
import { answeringSocket } from "./answering-socket.js";
import { type GeneratedAnswer, generatedAnswer } from "./generated-answer.js";

interface Answered extends TransportResponse {
  readonly keeps: boolean;
  /** It refuses the request, and the rest is missing. */
  readonly isCutOff?: boolean;
}
type Outcome = Answered | "failed" | "not read";

function askRaw(answer: GeneratedAnswer): Promise<Outcome> {
  const url = "http://gateway.test/metrics/job/a";
  const origin = newOrigin(new URL(url));
  const controller = new AbortController();
  const request = {
    method: "PUT",
    url,
    headers: {},
    body: "a 1\n",
    bodyBytes: 4,
    timeoutMs: 60_000,
    controller,
    signal: controller.signal,
  } as const;
  return new Promise<Outcome>((resolve) => {
    const ends: Ends = {
      answered: (response) => resolve({ ...response, keeps: origin.idle.length > 0 }),
      failed: () => resolve("failed"),
      notRead: () => resolve("not read"),
    };
    exchange(request, "PUT / HTTP/1.1\r\n\r\n", origin, ends, (_, read) =>
      answeringSocket(answer).on("data", read),
    );
  });
}

function askNodeHttp(answer: GeneratedAnswer): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = () => answeringSocket(answer);
  return new Promise<Outcome>((resolve) => {
    const settle = (outcome: Outcome) => {
      resolve(outcome);
      agent.destroy();
    };
    let isCutOff = false;
    let failed = () => settle("failed");
    const request = new ClientRequest(
      { method: "PUT", host: "gateway.test", agent },
      (response) => {
        let body = "";
        const end = () =>
          settle({
            status: response.statusCode!,
            body,
            location: response.headers.location,
            isCutOff,
            keeps: body.length <= MAX_ANSWER_CHARACTERS && request.shouldKeepAlive,
          });
        // A server may reset the connection behind what it refuses.
        if (`${response.statusCode}`.startsWith("4"))
          failed = () => {
            isCutOff = true;
            end();
          };
        response
          .setEncoding("utf8")
          .on("error", () => failed())
          .on("end", end)
          .on("data", (chunk) => {
            body += chunk;
            if (body.length > MAX_ANSWER_CHARACTERS) end();
          });
      },
    );
    request
      .on("error", () => failed())
      // It tells no more of an upgrade that nobody wants.
      .on("close", () => failed())
      .end("a 1\n");
  });
}

const start = ({ status, location, body }: Answered) => ({
  status,
  location,
  body: body.slice(0, MAX_ANSWER_CHARACTERS),
});

const ANSWERS = 12_000;
const AT_ONCE = 50;

/** What is wrong with an outcome. @returns undefined if nothing is */
function difference(answer: GeneratedAnswer, raw: Outcome, known: Outcome): string | undefined {
  if (answer.isWellFormed && typeof raw === "string") return "a well-formed answer is not read";
  if (raw === "not read") return undefined;
  if (raw === "failed") return known === "failed" ? undefined : "it fails by itself";
  // Nobody reads on after as much as is wanted, and node:http may have read on by then.
  if (raw.body.length > MAX_ANSWER_CHARACTERS && known === "failed") return undefined;
  if (typeof known === "string") return "node:http does not accept it";
  // How much of the body node:http has passed on by then depends on the event loop.
  if (known.isCutOff && raw.status === known.status && raw.body.startsWith(known.body))
    return undefined;
  if (!isDeepStrictEqual(start(raw), start(known))) return "it means something else";
  return raw.keeps && !known.keeps ? "its connection is kept" : undefined;
}

test(`${ANSWERS} answers, well-formed and not, split anywhere, mean what they mean to node:http or are left to it`, async () => {
  const seed = Number(process.env["PREFREEZE_TEST_SEED"] || Date.now() % 2 ** 31);
  const answers = fc.sample(generatedAnswer, { seed, numRuns: ANSWERS });
  const counts = { answered: 0, failed: 0, "not read": 0 };
  let next = 0;
  const work = async () => {
    while (next < ANSWERS) {
      const n = next++;
      const answer = answers[n]!;
      const [raw, known] = await Promise.all([askRaw(answer), askNodeHttp(answer)]);
      counts[typeof raw === "string" ? raw : "answered"]++;
      const wrong = difference(answer, raw, known);
      if (!wrong) continue;
      const { bytes, ...how } = answer;
      const text = bytes.toString("latin1").slice(0, 2_000);
      throw new Error(`${wrong}: ${JSON.stringify({ text, ...how, raw, known, seed, n })}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Enough of each kind.
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(ANSWERS / 20);
}, 120_000);

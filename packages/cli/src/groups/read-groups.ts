import { JSONParser, TokenType } from "@streamparser/json";
import type { Pushgateway } from "../arguments/pushgateway-option.js";
import { ask, nameOf, type Server, statusFault } from "./ask.js";
import type { Group } from "./group.js";
import { parseGroup } from "./parse-group.js";
import { ServerFault } from "./server-fault.js";

const PATH = "/api/v1/metrics";
/** A group of a thousand series takes less than 1 MB. One without end would fill the memory. */
const LARGEST_GROUP_BYTES = 32 * 1_024 * 1_024;
/** The buckets of a series are seven levels deep. */
const DEEPEST = 16;

/** What a Pushgateway holds, as it comes. */
export interface Groups extends AsyncIterable<Group> {
  /** When the gateway answered, by its own clock, which the times of its groups are told by. Milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * Reads what a Pushgateway holds, one group after another, so that memory is bounded by the largest group.
 *
 * @param timeoutMs how long the gateway may be silent. It makes the whole answer before it begins to send it.
 * @throws ServerFault if it does not answer, is no Pushgateway, or its answer is cut off
 */
export async function readGroups(
  pushgateway: Pushgateway,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<Groups> {
  const server: Server = { kind: "Pushgateway", ...pushgateway };
  const answer = await ask(server, PATH, { timeoutMs });
  if (answer.status !== 200) {
    await answer.discard();
    throw statusFault(server, answer.status, PATH);
  }
  if (!/\bjson\b/.test(answer.contentType)) {
    await answer.discard();
    throw noGateway(server);
  }
  return {
    atMs: answer.dateMs ?? Date.now(),
    [Symbol.asyncIterator]: () => groupsIn(server, answer.chunks()),
  };
}

async function* groupsIn(server: Server, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Group> {
  let arrived: Group[] = [];
  let status: unknown;
  const wrong: unknown[] = [];
  const parser = new JSONParser({ paths: ["$.status", "$.data.*"], keepStack: false });
  let depth = 0;
  let bytesOfGroup = 0;
  parser.onValue = ({ value, key }) => {
    if (key === "status") status = value;
    else {
      const group = parseGroup(value);
      if (group === undefined) wrong.push(value);
      else arrived.push(group);
    }
  };
  parser.onToken = ({ token }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth++;
    else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth--;
    if (depth > DEEPEST) throw noGateway(server);
  };
  parser.onError = (error) => wrong.push(error);
  for await (const chunk of chunks) {
    parser.write(chunk);
    if (wrong.length > 0) throw noGateway(server);
    bytesOfGroup = arrived.length > 0 ? 0 : bytesOfGroup + chunk.length;
    if (bytesOfGroup > LARGEST_GROUP_BYTES)
      throw new ServerFault(
        `${nameOf(server)} sends a group of more than 32 MB: see what pushes so much, or what answers there`,
      );
    yield* arrived;
    arrived = [];
  }
  if (!parser.isEnded)
    throw new ServerFault(`the answer of ${nameOf(server)} was cut off: try again`);
  if (status !== "success") throw noGateway(server);
}

function noGateway({ url }: Server): ServerFault {
  return new ServerFault(
    `what answers at ${url} is no Pushgateway: its ${PATH} is not what a Pushgateway answers; give the address of one`,
  );
}

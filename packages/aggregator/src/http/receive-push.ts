import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Aggregate,
  type Answer,
  type PushedGroup,
  pushedGroup,
} from "@prefreeze/core/aggregate";
import type { PushAnswer } from "../metrics/own-metrics.js";
import type { Commits } from "../store/commits.js";
import { answer, Refusal } from "./answer.js";
import { jobGroup } from "./job-group.js";
import { readBody } from "./read-body.js";
import { unpack } from "./unpack.js";

/** What tells a snapshot of the protocol from any other push. */
const SEQUENCE = "prefreeze_snapshot_sequence";

/** What takes pushes. */
export interface Receiver {
  readonly aggregate: Pick<Aggregate, "push" | "forget" | "forgetGroup" | "has">;
  /** The value of the label `aggregator` of all groups, if they have one. */
  readonly name: string | undefined;
  readonly commits: Pick<Commits, "whenDurable">;
  /** Called when a group has changed. */
  readonly changed: (group: string) => void;
  /** Deletes a group at the gateway, and then calls back. Rejects if it could not. */
  readonly remove: (group: string, removed: () => void) => Promise<void>;
  /** Called with how each push was answered. */
  readonly answered: (answer: PushAnswer) => void;
  /** Passes a request with its whole body on to the gateway. */
  readonly passOn: (request: IncomingMessage, response: ServerResponse, body?: Buffer) => void;
}

/** Takes the push of a life, and passes on any other. */
export function receivePush(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  receiver: Receiver,
): void {
  const pushed = pushedGroup(path, receiver.name);
  readBody(request, (body, refusal) => {
    if (refusal) {
      refuse(response, refusal, receiver);
      return;
    }
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined || encoding === "identity") {
      judge(request, response, pushed, body, body, receiver);
    } else if (encoding.toLowerCase() === "gzip") {
      unpack(body, (unpacked, refusal) => {
        if (refusal) refuse(response, refusal, receiver);
        else judge(request, response, pushed, body, unpacked, receiver);
      });
    } else receiver.passOn(request, response, body);
  });
}

/** @param body as it was sent */
function judge(
  request: IncomingMessage,
  response: ServerResponse,
  pushed: PushedGroup | TypeError,
  body: Buffer,
  unpacked: Buffer,
  receiver: Receiver,
): void {
  if (!unpacked.includes(SEQUENCE)) {
    receiver.passOn(request, response, body);
    return;
  }
  if (request.headers["content-type"]?.startsWith("application/vnd.google.protobuf")) {
    refuse(
      response,
      new Refusal(415, "push text to an aggregator: it needs no protobuf"),
      receiver,
    );
    return;
  }
  if (!isUtf8(unpacked)) {
    refuse(response, new Refusal(400, "the body is not UTF-8"), receiver);
    return;
  }
  if (pushed instanceof TypeError) {
    refuse(response, new Refusal(400, pushed.message), receiver);
    return;
  }
  const { group, life } = pushed;
  let found: Answer;
  try {
    found = receiver.aggregate.push({
      group,
      life,
      snapshot: unpacked.toString(),
      atMs: Date.now(),
    });
  } catch (error) {
    refuse(response, new Refusal(400, (error as Error).message), receiver);
    return;
  }
  if (found === "unknown life") {
    receiver.answered("unknown_life");
    answer(
      response,
      410,
      "this aggregator does not know what was acknowledged of this instance: go on as a new one with the rest",
    );
    return;
  }
  if (found === "full") {
    receiver.answered("full");
    answer(
      response,
      503,
      "no room for another instance or group: raise --max-lives, delete groups of jobs that no longer exist, or push again later",
    );
    return;
  }
  if (found === "accepted") receiver.changed(group);
  // An older push is answered no sooner than the newer one that it repeats is on disk.
  receiver.commits.whenDurable((error) => {
    receiver.answered(error ? "not_durable" : found === "older" ? "older" : "accepted");
    if (error) answer(response, 503, "the state cannot be written now: push again later");
    else answer(response, 200);
  });
}

function refuse(
  response: ServerResponse,
  { status, message }: Refusal,
  { answered }: Receiver,
): void {
  answered("refused");
  answer(response, status, message);
}

/** Forgets a life that is known. Deletes any other group at the gateway. */
export function receiveDelete(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { aggregate, name, commits, changed, passOn }: Receiver,
): void {
  const pushed = pushedGroup(path, name);
  if (pushed instanceof TypeError || !aggregate.forget(pushed.group, pushed.life)) {
    passOn(request, response);
    return;
  }
  changed(pushed.group);
  commits.whenDurable((error) => {
    if (error) answer(response, 503, "the state cannot be written now: delete again later");
    else answer(response, 202);
  });
}

/** Keeps other clients off the groups that the aggregator writes. Passes on what concerns any other group. */
export function receiveOther(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  receiver: Receiver,
): void {
  const group = jobGroup(path);
  if (group === undefined || !receiver.aggregate.has(group)) {
    receiver.passOn(request, response);
  } else if (request.method === "DELETE") {
    void deleteGroup(response, group, receiver);
  } else {
    // Each of the two would replace what the other one has pushed.
    answer(
      response,
      409,
      `the aggregator writes the group ${group}: push with another job, or with one more grouping label`,
    );
  }
}

/** At the gateway first: if this process is killed meanwhile, nothing is left there that nobody would delete. */
async function deleteGroup(
  response: ServerResponse,
  group: string,
  { aggregate, commits, remove }: Receiver,
): Promise<void> {
  try {
    await remove(group, () => void aggregate.forgetGroup(group));
  } catch {
    answer(response, 502, "the Pushgateway does not delete the group: delete it again later");
    return;
  }
  commits.whenDurable((error) => {
    if (error) answer(response, 503, "the state cannot be written now: delete again later");
    else answer(response, 202);
  });
}

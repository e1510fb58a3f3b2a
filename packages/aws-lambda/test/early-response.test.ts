import { expect, test } from "vitest";
import { gate } from "../../../test/gate.js";
import { watchEarlyResponse } from "../src/completion/early-response.js";

test("a response is a promise only while an early response waits for the flush", async () => {
  const { opened, open } = gate();
  const earlyResponses: unknown[] = [];
  const request: { response?: unknown; earlyResponse?: unknown } = {};
  watchEarlyResponse(request, (response) => {
    earlyResponses.push(response);
    return opened;
  });
  request.response = "of the handler";
  expect(request.response).toBe("of the handler");
  expect(earlyResponses).toEqual([]);
  request.earlyResponse = "early";
  request.response = "early";
  const waiting = request.response;
  expect(waiting).toBeInstanceOf(Promise);
  open();
  expect(await waiting).toBe("early");
  expect(request.response).toBe("early");
  expect(earlyResponses).toEqual(["early"]);
});

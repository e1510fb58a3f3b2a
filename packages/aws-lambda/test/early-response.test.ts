import { expect, test } from "vitest";
import { gate } from "../../../test/gate.js";
import { watchEarlyResponse } from "../src/completion/early-response.js";

test("an early response is a promise until the flush is over, and itself before and after", async () => {
  const { opened, open } = gate();
  const seen: unknown[] = [];
  const request: { response?: unknown; earlyResponse?: unknown } = {};
  watchEarlyResponse(request, (response) => {
    seen.push(response);
    return opened;
  });
  request.response = "of the handler";
  expect(request.response).toBe("of the handler");
  expect(seen).toEqual([]);
  request.earlyResponse = "early";
  request.response = "early";
  const waiting = request.response;
  expect(waiting).toBeInstanceOf(Promise);
  open();
  expect(await waiting).toBe("early");
  expect(request.response).toBe("early");
  expect(seen).toEqual(["early"]);
});

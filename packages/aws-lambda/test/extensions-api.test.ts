import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { byteServer } from "../../node/test/raw/byte-server.js";

const program = fileURLToPath(new URL("fixtures/explain-registered.mjs", import.meta.url));

// Neither the emulator nor AWS sends such answers, so this Extensions API is a fake.
test.each([
  ["0", "registered as an extension"],
  [
    "0 ",
    "registered as an extension; waits by node:http, since Lambda has sent an answer with blanks after content-length",
  ],
])("with answers of the length %j, explain() says: %s", async (length, reason) => {
  const server = await byteServer((n) =>
    // No event ever comes, and each push is accepted.
    server.requests[n]!.startsWith("GET ")
      ? undefined
      : `HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: 7\r\nContent-Length: ${length}\r\n\r\n`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: {
      AWS_LAMBDA_RUNTIME_API: server.url.replace("http://", ""),
      PUSHGATEWAY_URL: server.url,
    },
  });
  expect(JSON.parse(stdout)).toMatchObject({ mode: "flush after the response", reason });
});

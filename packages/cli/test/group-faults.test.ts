import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { groupPath } from "../src/groups/group-path.js";
import { readGroups } from "../src/groups/read-groups.js";
import { reasonsIn } from "../src/guard/scrape.js";
import type { Pushgateway } from "../src/arguments/pushgateway-option.js";
import { ServerFault } from "../src/groups/server-fault.js";
import { findFaults } from "../src/guard/guard.js";
import { listJobs } from "../src/ls/ls.js";
import { pruneGroups } from "../src/prune/prune.js";
import { showJob } from "../src/show/show.js";
import { watchActivity } from "../src/top/activity.js";
import { startGateway } from "@prefreeze/gateway";
import { hangingGateway } from "../../../test/pushgateway/broken-gateways.js";
import { REFUSING_ADDRESS } from "../../../test/loopback/refusing-address.js";
import { prefreeze } from "./command.js";
import { put, snapshot } from "./groups/push.js";

const SECRET = "geheim-5391";

/** A program that answers every request alike. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = { "content-type": "application/json" };

/** What the commands do. */
const functions: Readonly<
  Record<string, (pushgateway: Pushgateway, timeoutMs: number) => Promise<unknown>>
> = {
  listJobs: (pushgateway, timeoutMs) => listJobs(pushgateway, { timeoutMs }),
  showJob: (pushgateway, timeoutMs) => showJob(pushgateway, "orders", { timeoutMs }),
  watchActivity: (pushgateway, timeoutMs) => watchActivity(pushgateway, { timeoutMs }).next(),
  findFaults: (pushgateway, timeoutMs) => findFaults(pushgateway, { timeoutMs }),
  pruneGroups: (pushgateway, timeoutMs) =>
    pruneGroups(pushgateway, { prometheus: false, timeoutMs }),
};

describe.each(Object.entries(functions))("%s tells what is wrong with a gateway that", (_, run) => {
  const failure = async (url: string, timeoutMs = 10_000): Promise<string> => {
    const secret = { authorization: `Bearer ${SECRET}` };
    const error: unknown = await run({ url, headers: secret }, timeoutMs).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ServerFault);
    const { message } = error as ServerFault;
    expect(message).not.toContain(SECRET);
    return message;
  };

  test("is dead", async () => {
    expect(await failure(REFUSING_ADDRESS)).toMatch(
      /the Pushgateway at http\S+ does not answer \(ECONNREFUSED\): start it, or give its address/,
    );
  });

  test("hangs", async () => {
    expect(await failure(await hangingGateway(), 200)).toMatch(
      /is silent for 0\.2 s: see whether it is overloaded, or allow it more with --timeout/,
    );
  });

  test("asks for other credentials", async () => {
    const url = await answering((_, answer) => answer.writeHead(401).end("no"));
    expect(await failure(url)).toContain(
      "asks for other credentials (401): set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD, or PUSHGATEWAY_BEARER_TOKEN",
    );
  });

  test("redirects", async () => {
    const url = await answering((_, answer) =>
      answer.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    );
    expect(await failure(url)).toContain("to another address: give that one");
  });

  test("is a page", async () => {
    const url = await answering((_, answer) =>
      answer.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    );
    expect(await failure(url)).toContain("is no Pushgateway");
  });

  test("is another program", async () => {
    const url = await answering((_, answer) => answer.writeHead(404).end());
    expect(await failure(url)).toMatch(/has no \/\S+ \(404\): give the address of a Pushgateway/);
  });
});

describe("an answer of /api/v1/metrics", () => {
  const readAll = async (url: string): Promise<number> => {
    let count = 0;
    for await (const _ of await readGroups({ url, headers: {} }, { timeoutMs: 500 })) count++;
    return count;
  };
  const group = (job: string): object => ({
    labels: { job },
    push_time_seconds: { type: "GAUGE", metrics: [{ labels: { job }, value: "1.5e9" }] },
  });

  test("that is cut off is refused, whether or not its length is known", async () => {
    const whole = JSON.stringify({ status: "success", data: [group("a"), group("b")] });
    const known = await answering((_, answer) => {
      answer.writeHead(200, { ...json, "content-length": whole.length });
      answer.write(whole.slice(0, -9), () => answer.destroy());
    });
    await expect(readAll(known)).rejects.toThrow(/was cut off .*try again/);
    const unknown = await answering((_, answer) => {
      answer.writeHead(200, json).end(whole.slice(0, -2));
    });
    await expect(readAll(unknown)).rejects.toThrow(/was cut off: try again/);
  });

  test("that stops in the middle is given up", async () => {
    const url = await answering((_, answer) => {
      answer.writeHead(200, json).write('{"status":"success","data":[');
    });
    await expect(readAll(url)).rejects.toThrow("is silent for 0.5 s");
  });

  test.each([
    "{}",
    "[]",
    "null",
    '{"status":"error","error":"no"}',
    '{"status":"success","data":[1]}',
    '{"status":"success","data":[{"labels":{"job":"a"}}]}',
    '{"status":"success","data":[}',
    "{}{}",
    "",
  ])("that is %j is no Pushgateway's", async (body) => {
    const url = await answering((_, answer) => answer.writeHead(200, json).end(body));
    await expect(readAll(url)).rejects.toThrow(/is no Pushgateway|was cut off/);
  });

  test("that never ends is given up before it fills the memory", async () => {
    const endless = (piece: string): Promise<string> =>
      answering((_, answer) => {
        answer.writeHead(200, json).write('{"status":"success","data":[');
        const write = (): void => {
          while (!answer.destroyed && answer.write(piece));
        };
        answer.on("drain", write);
        write();
      });
    await expect(readAll(await endless(" ".repeat(65_536)))).rejects.toThrow(
      "sends a group of more than 32 MB: see what pushes so much, or what answers there",
    );
    for (const piece of ["[".repeat(65_536), '{"a":'.repeat(10_000)])
      await expect(readAll(await endless(piece))).rejects.toThrow("is no Pushgateway");
  });

  test("is read in any pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "binary" }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (jobs, size) => {
          const bytes = Buffer.from(JSON.stringify({ status: "success", data: jobs.map(group) }));
          const url = await answering((_, answer) => {
            answer.writeHead(200, json);
            for (let at = 0; at < bytes.length; at += size)
              answer.write(bytes.subarray(at, at + size));
            answer.end();
          });
          const seen: (string | undefined)[] = [];
          for await (const { labels } of await readGroups(
            { url, headers: {} },
            { timeoutMs: 5_000 },
          ))
            seen.push(labels["job"]);
          expect(seen).toEqual(jobs.map((job) => Buffer.from(job).toString()));
        },
      ),
      { numRuns: 20 },
    );
  });
});

test("the command says it in one line, without credentials, and ends with 1", async () => {
  const url = await answering((_, answer) => answer.writeHead(401).end("no"));
  const words = ["ls", "--pushgateway", url];
  expect(
    await prefreeze(words, { PUSHGATEWAY_USERNAME: "shop", PUSHGATEWAY_PASSWORD: SECRET }),
  ).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `prefreeze: the Pushgateway at ${url} asks for other credentials (401): set PUSHGATEWAY_USERNAME and PUSHGATEWAY_PASSWORD, or PUSHGATEWAY_BEARER_TOKEN\n`,
  });
});

test("credentials of the environment are sent", async () => {
  let sent: string | undefined;
  const url = await answering((request, answer) => {
    sent = request.headers.authorization;
    answer.writeHead(200, json).end('{"status":"success","data":[]}');
  });
  await prefreeze(["ls", "--pushgateway", url], { PUSHGATEWAY_BEARER_TOKEN: SECRET });
  expect(sent).toBe(`Bearer ${SECRET}`);
});

test("the embedded gateway is listed as a real one is", async () => {
  const gateway = await startGateway();
  onTestFinished(() => gateway.stop());
  await put(gateway.url, "job/orders/instance/a", snapshot(4));
  await put(gateway.url, "job@base64/YS9i/zone@base64/=", "q 1\n");
  expect(await listJobs({ url: gateway.url, headers: {} })).toMatchObject([
    { job: "a/b", whose: "others", groups: 1, series: 3 },
    { job: "orders", whose: "prefreeze", groups: 1, series: 45 },
  ]);
});

describe("the path of a group", () => {
  test.each([
    [{ job: "orders", instance: "a-1_B" }, "/metrics/job/orders/instance/a-1_B"],
    [{ job: "a/b", zone: "" }, "/metrics/job@base64/YS9i/zone@base64/="],
    [{ job: "a", "b.c": "ü" }, "/metrics/job/a/U__b_2e_c@base64/w7w"],
    [{ job: Uint8Array.from([255]) }, "/metrics/job@base64/_w"],
  ])("of %j is %s", (labels, path) => {
    expect(groupPath(labels)).toBe(path);
  });
});

test("what the gateway says about bytes is read in the spelling of both of its libraries", () => {
  const line = (label: string): string =>
    `* collected metric "push_time_seconds" { ${label} gauge:<value:0 > } has a label named "zone" whose value is not utf8: "x"`;
  const [old, young] = reasonsIn(
    `2 error(s) occurred:\n${line('label:<name:"zone" value:"a\\377\\"\\n" >')}\n${line('label:{name:"zone"  value:"a\\xff\\"\\n"}')}\n`,
  );
  expect(old).toEqual({
    what: "not-utf8",
    name: "push_time_seconds",
    labels: new Map([["zone", Uint8Array.from([97, 255, 34, 10])]]),
  });
  expect(young).toEqual(old);
});

test("a token in the query of PUSHGATEWAY_URL goes with every request, and into no output", async () => {
  const asked: (string | undefined)[] = [];
  const url = await answering((request, response) => {
    asked.push(request.url);
    response.writeHead(500).end("broken");
  });
  const PUSHGATEWAY_URL = `${url}/?token=${SECRET}`;
  for (const words of [["ls"], ["show", "orders"], ["guard"], ["check"]]) {
    const { stdout, stderr } = await prefreeze(words, { PUSHGATEWAY_URL });
    expect(stdout + stderr).toContain(url);
    expect(stdout + stderr).not.toContain(SECRET);
  }
  expect(asked).not.toEqual([]);
  for (const each of asked) expect(each).toMatch(new RegExp(`^/[^?]+\\?token=${SECRET}$`));
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WrongInput } from "prefreeze";
import { hangingGateway } from "../../../../test/pushgateway/broken-gateways.js";
import { type RealGateway, startRealGateway } from "../../../../test/pushgateway/real.js";
import { prefreeze } from "../command.js";
import { proxy, type Rule } from "./proxy.js";
import { basic, checkOf, endsOf, failureOf } from "./steps-of.js";

let gateway: RealGateway;

beforeAll(async () => {
  gateway = await startRealGateway();
}, 60_000);
afterAll(() => gateway.stop());

const PAGE = "<!doctype html><html><head><title>Sign in &amp; go on</title></head></html>";

const wrong: readonly (readonly [what: string, rule: Rule, says: RegExp])[] = [
  [
    "redirects every request to another address",
    ({ url }, response) =>
      response.writeHead(308, { location: `https://push.example.com${url}` }).end(),
    /^answer: \/-\/ready redirects to https:\/\/push\.example\.com\/-\/ready\. prefreeze follows no redirect\. Set PUSHGATEWAY_URL=https:\/\/push\.example\.com$/,
  ],
  [
    "redirects to a login page with a secret in its address",
    (_, response) =>
      response.writeHead(302, { location: "https://sso.example.com/login?state=hidden" }).end(),
    /^answer: \/-\/ready redirects to https:\/\/sso\.example\.com\/login\. prefreeze follows no redirect\. If that is a login page/,
  ],
  [
    "answers every request with a page",
    (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE),
    /^answer: \/-\/ready answers with a web page: Sign in &amp; go on\. This is no gateway/,
  ],
  [
    "answers pushes with a page",
    ({ method }, response, pass) => (method === "PUT" ? response.end(PAGE) : pass()),
    /^push: .* answers with a web page/,
  ],
  [
    "forbids PUT",
    ({ method }, response, pass) =>
      method === "PUT" ? response.writeHead(405).end("Not allowed\n") : pass(),
    /^push: HTTP 405: Not allowed\. Let the proxy pass the methods PUT and DELETE\.$/,
  ],
  [
    "answers for a gateway that it does not reach",
    (_, response) => response.writeHead(502).end("bad gateway"),
    /^answer: HTTP 502: bad gateway\. The proxy answers, but the gateway behind it does not\./,
  ],
  [
    "refuses an @ in paths",
    ({ url }, response, pass) =>
      url?.includes("@") === true ? response.writeHead(400).end("bad path") : pass(),
    /^path: a plain path is taken, but one with @base64 is not: HTTP 400: bad path\./,
  ],
  [
    "decodes and normalizes paths",
    ({ url = "" }, _, pass) =>
      pass(
        url.replace(/@base64\/([\w-]+)/, (_, text: string) => {
          const label = Buffer.from(text, "base64url").toString();
          return `/${encodeURIComponent(label.replaceAll(/[^\w]/g, ""))}`;
        }),
      ),
    /^(output: the label was pushed as .*, and came out as |output: the push was answered with success, but \/metrics does not show it)/,
  ],
  [
    "takes the header of compressed bodies off",
    (_, __, pass) => pass(undefined, (headers) => delete headers["content-encoding"]),
    /^gzip: a push is taken, but not if it is compressed: HTTP 400/,
  ],
  [
    "takes pushes and drops them",
    ({ method }, response, pass) => (method === "PUT" ? response.end() : pass()),
    /^output: the push was answered with success, but \/metrics does not show it\./,
  ],
  [
    "forbids DELETE",
    ({ method }, response, pass) => (method === "DELETE" ? response.writeHead(405).end() : pass()),
    /^cleanup: a group of the check may be left: HTTP 405\. Let the proxy pass DELETE, and delete the group: curl -X DELETE http:\/\/127\.0\.0\.1:\d+\/metrics\/job\/prefreeze_check\/instance\//,
  ],
  [
    "limits bodies",
    ({ method }, response, pass) => (method === "PUT" ? response.writeHead(413).end() : pass()),
    /^push: HTTP 413\. Let the proxy pass bodies of 1 MB\.$/,
  ],
  [
    "repeats what it was sent, and moves the cursor",
    ({ method, headers }, response, pass) =>
      method === "PUT"
        ? response.writeHead(400).end(`\u001B[2Jno ${headers.authorization}`)
        : pass(),
    /^push: HTTP 400: \[2Jno \[redacted\]\. /,
  ],
  [
    "repeats the password that it has decoded",
    ({ method, headers }, response, pass) =>
      method === "PUT"
        ? response
            .writeHead(400)
            .end(`wrong: ${Buffer.from((headers.authorization ?? "").slice(6), "base64")}`)
        : pass(),
    /^push: HTTP 400: wrong: \[redacted\]\. /,
  ],
];

test.each(wrong)("a proxy that %s is told", async (_, rule, says) => {
  const url = await proxy(gateway.url, rule);
  const result = await checkOf(url, { headers: basic("function", "password-of-the-test") });
  expect(failureOf(result)).toMatch(says);
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toMatch(/hidden|password-of-the-test/);
});

test("a proxy that forbids DELETE leaves groups, and a working one none", async () => {
  await gateway.wipe();
  const rule: Rule = ({ method }, response, pass) =>
    method === "DELETE" ? response.writeHead(405).end() : pass();
  await checkOf(await proxy(gateway.url, rule));
  expect(await gateway.metrics()).toContain("prefreeze_check");
  await gateway.wipe();
  await checkOf(gateway.url);
  expect(await gateway.metrics()).not.toContain("prefreeze_check");
});

test("what was pushed before a step failed is deleted, too", async () => {
  await gateway.wipe();
  const url = await proxy(gateway.url, ({ url = "", method }, response, pass) =>
    method === "PUT" && url.includes("@") ? response.writeHead(500).end() : pass(),
  );
  const result = await checkOf(url);
  expect(endsOf(result)).toEqual([
    "resolve: ok",
    "connect: ok",
    expect.stringMatching(/^answer: (ok|warning)$/) as string,
    "authentication: ok",
    "push: ok",
    "path: failed",
    "gzip: ok",
    "output: failed",
    "cleanup: ok",
  ]);
  expect(await gateway.metrics()).not.toContain("prefreeze_check");
});

test("a proxy that passes pushes alone is a warning, not a failure", async () => {
  const url = await proxy(gateway.url, ({ method }, response, pass) =>
    method === "GET" ? response.writeHead(404).end("not here") : pass(),
  );
  const result = await checkOf(url);
  expect(result.ok).toBe(true);
  expect(endsOf(result)).toContain("answer: warning");
  expect(endsOf(result)).toContain("output: warning");
});

test("a gateway below a path is checked there", async () => {
  const url = await proxy(gateway.url, ({ url = "" }, response, pass) =>
    url.startsWith("/gateway/")
      ? pass(url.slice("/gateway".length))
      : response.writeHead(404).end(),
  );
  expect((await checkOf(`${url}/gateway`)).ok).toBe(true);
  expect(failureOf(await checkOf(`${url}/other`))).toMatch(
    /^push: HTTP 404\. Correct the path in PUSHGATEWAY_URL/,
  );
});

test("a query in the address goes with each request, and into no message", async () => {
  const seen = new Set<string | null>();
  const url = await proxy(gateway.url, ({ url = "" }, _, pass) => {
    const { pathname, searchParams } = new URL(url, "http://gateway");
    seen.add(searchParams.get("key"));
    pass(pathname);
  });
  const result = await checkOf(`${url}/?key=secret-of-the-test`);
  expect(result.ok).toBe(true);
  expect([...seen]).toEqual(["secret-of-the-test"]);
  expect(JSON.stringify(result)).not.toContain("secret-of-the-test");
});

describe("what is no gateway", () => {
  test.each([
    [
      "Prometheus",
      "Prometheus Server is Ready.\n",
      /^answer: this is Prometheus, which takes no pushes\. Give the address of the Pushgateway/,
    ],
    [
      "VictoriaMetrics",
      "VictoriaMetrics is Ready.\n",
      /^answer: this is VictoriaMetrics, which is no Pushgateway\./,
    ],
  ])("%s is told by its readiness", async (_, body, says) => {
    const url = await proxy(gateway.url, (__, response) => response.end(body));
    expect(failureOf(await checkOf(url))).toMatch(says);
  });

  test("a server that accepts connections and never answers is given up in time", async () => {
    const beganMs = performance.now();
    const result = await checkOf(await hangingGateway(), { timeoutMs: 300 });
    expect(failureOf(result)).toMatch(
      /^answer: no answer to GET \/-\/ready within 300 ms\. The server accepts connections but is slow or stuck\./,
    );
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  });

  test("a server that sends its answer drop by drop is given up in time", async () => {
    const url = await proxy(gateway.url, (_, response) => {
      response.write("O");
      const timer = setInterval(() => response.write("O"), 50);
      response.once("close", () => clearInterval(timer));
    });
    const beganMs = performance.now();
    expect(failureOf(await checkOf(url, { timeoutMs: 300 }))).toMatch(/^answer: no answer to GET/);
    expect(performance.now() - beganMs).toBeLessThan(2_000);
  });

  test("a port at which nothing listens", async () => {
    expect(failureOf(await checkOf("http://127.0.0.1:1"))).toMatch(
      /^connect: nothing listens on 127\.0\.0\.1:1\. /,
    );
    expect(failureOf(await checkOf("http://[::1]:1"))).toMatch(
      /^connect: nothing listens on \[::1\]:1\. /,
    );
  });

  test("a name that does not exist", async () => {
    const { exitCode, stdout } = await prefreeze(["check", "--pushgateway", "nowhere.invalid"]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(
      /FAIL {2}resolve +\d+ ms {2}(there is no host named nowhere\.invalid|the name server)/,
    );
  });
});

test("a token with a line break is told, and not shown", async () => {
  const result = await checkOf(gateway.url, {
    headers: { authorization: "Bearer token-of-the-test\n" },
  });
  expect(failureOf(result)).toMatch(
    /^answer: the credentials have a character that HTTP forbids\. Correct the password or the token\./,
  );
  expect(JSON.stringify(result)).not.toContain("token-of-the-test");
});

test("credentials that nothing has asked for are not said to be accepted", async () => {
  const { steps } = await checkOf(gateway.url, { headers: basic("function", "of-the-test") });
  expect(steps.find(({ name }) => name === "authentication")).toMatchObject({
    status: "ok",
    message: "user name and password sent, though nothing has asked for credentials",
  });
});

test.each([0, -1, Number.NaN, 600_001])("a limit of %d ms is refused", async (timeoutMs) => {
  await expect(checkOf(gateway.url, { timeoutMs })).rejects.toThrow(
    `timeoutMs is ${timeoutMs}: give a number from 1 to 600000`,
  );
});

test.each(["", "127.0.0.1:9091", "ftp://host"])(
  "in code, the address %j is refused",
  async (url) => {
    await expect(checkOf(url)).rejects.toThrow(
      new WrongInput("the url is not an address: give it as in http://127.0.0.1:9091"),
    );
  },
);

test("an address of another protocol is refused", async () => {
  const { exitCode, stderr } = await prefreeze(["check"], { PUSHGATEWAY_URL: "ftp://host" });
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    "prefreeze: PUSHGATEWAY_URL starts with neither http:// nor https://: give it as in http://127.0.0.1:9091\n",
  );
});

test("an interrupted check deletes what it has pushed, and rejects nothing", async () => {
  await gateway.wipe();
  const controller = new AbortController();
  const url = await proxy(gateway.url, ({ method, url = "" }, _, pass) => {
    if (method === "PUT" && url.includes("@")) controller.abort();
    else pass();
  });
  const result = await checkOf(url, { signal: controller.signal });
  expect(endsOf(result)).toEqual(expect.arrayContaining(["path: failed", "cleanup: ok"]));
  expect(await gateway.metrics()).not.toContain("prefreeze_check");
});

test.each([
  [["check", "--timeout", "5"], "Give a number with a unit"],
  [["check", "--prometheus", "not an address"], "--prometheus is not an address"],
  [["check", "--prometheus", "http://u:secret@h"], "--prometheus has an @"],
  [["check", "--pushgateway", "ftp://h"], "--pushgateway is not an address"],
])("%j is refused with 2", async (words, reason) => {
  const { exitCode, stdout, stderr } = await prefreeze(words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(reason);
  expect(stderr).not.toContain("secret");
});

import { describe, expect, test } from "vitest";
import { hangingGateway } from "../../../../test/pushgateway/broken-gateways.js";
import { useGateway } from "../../../../test/pushgateway/use-gateway.js";
import { recordingServer } from "../recording-server.js";
import { runJobs, startJobs } from "./run-job.js";

const gateway = useGateway();
/** A gauge of a job as the gateway shows it. */
const shown = (what: string, name = "mails") =>
  gateway.shown(`batch_job_${what}`, { job: "shop", batch_job: name, instance: "" });
const lastSuccess = () => shown("last_success_timestamp_seconds");

describe("a job that succeeds", () => {
  test("returns what it returns, and leaves its result at the gateway", async () => {
    const beforeSeconds = Date.now() / 1_000;
    const { exitCode, results, errors } = await runJobs(gateway.url, ["works"]);
    expect(errors).toBe("");
    expect(exitCode).toBe(0);
    expect(results).toEqual([{ returned: "sent", ms: expect.any(Number) as number }]);
    expect(await shown("success")).toBe(1);
    expect(await shown("duration_seconds")).toBeGreaterThan(0);
    expect(await shown("duration_seconds")).toBeLessThan(5);
    expect(await lastSuccess()).toBeGreaterThan(beforeSeconds);
    expect(await lastSuccess()).toBeLessThan(Date.now() / 1_000);
  });

  test("has what it recorded pushed with the instance of its process", async () => {
    await runJobs(gateway.url, ["works", "works"]);
    expect(await gateway.shown("mails_sent_total", { job: "shop" })).toBe(2);
    expect(await gateway.instances()).toEqual([expect.stringMatching(/-[0-9a-f-]{23}$/)]);
    // The group of results has no metric of the process.
    expect(await gateway.shown("mails_sent_total", { instance: "" })).toBeUndefined();
  });

  test("has what was recorded before it pushed, too", async () => {
    await runJobs(gateway.url, ["nothing", "--before"]);
    expect(await gateway.shown("mails_sent_total", { job: "shop" })).toBe(1);
  });

  test("leaves one group alone if it records nothing", async () => {
    const { results } = await runJobs(gateway.url, ["is synchronous", "nothing"]);
    expect(results).toMatchObject([{ returned: "sent at once" }, {}]);
    expect(await shown("success")).toBe(1);
    expect(await gateway.instances()).toEqual([]);
  });

  test("replaces the whole result of the run before", async () => {
    await fetch(`${gateway.url}/metrics/job/shop/batch_job/mails`, {
      method: "PUT",
      body: "old_gauge 1\n",
    });
    await runJobs(gateway.url, ["works"]);
    expect(await gateway.shown("old_gauge")).toBeUndefined();
  });

  test("carries grouping and constant labels", async () => {
    await runJobs(gateway.url, ["works"], {
      PREFREEZE_GROUPING: "region=eu",
      PREFREEZE_LABELS: 'team=a"b\\c',
    });
    const labels = { region: "eu", team: 'a"b\\c', batch_job: "mails" };
    expect(await gateway.shown("batch_job_success", labels)).toBe(1);
  });
});

describe("a job that fails", () => {
  test.each(["fails", "fails at once"])(
    "has its own error thrown, and does not touch when it last succeeded: %s",
    async (kind) => {
      await runJobs(gateway.url, ["works"]);
      const succeeded = await lastSuccess();
      const { exitCode, results } = await runJobs(gateway.url, [kind]);
      expect(exitCode).toBe(0);
      expect(results).toMatchObject([{ same: true }]);
      expect(await shown("success")).toBe(0);
      expect(await lastSuccess()).toBe(succeeded);
    },
  );

  test("has never succeeded if it fails at first", async () => {
    await runJobs(gateway.url, ["fails"]);
    expect(await shown("success")).toBe(0);
    expect(await lastSuccess()).toBeUndefined();
    expect(await gateway.shown("mails_sent_total", { job: "shop" })).toBe(1);
  });

  test.each(["--uncaught", "--unhandled"])(
    "ends the process as it would without us: %s",
    async (how) => {
      const { exitCode, errors } = await runJobs(gateway.url, ["fails", how]);
      expect(exitCode).toBe(1);
      expect(errors).toContain("TypeError: the mail server is busy");
      expect(errors).not.toContain("prefreeze:");
      expect(await shown("success")).toBe(0);
    },
  );

  test("may reject with nothing", async () => {
    const { results } = await runJobs(gateway.url, ["rejects with nothing"]);
    expect(results).toMatchObject([{ same: false }]);
    expect(await shown("success")).toBe(0);
  });
});

describe("jobs in jobs", () => {
  test("have results of their own", async () => {
    await runJobs(gateway.url, ["starts another"]);
    expect(await shown("success")).toBe(0);
    expect(await shown("success", "inner")).toBe(1);
  });

  test("may run at once", async () => {
    const { results } = await runJobs(gateway.url, ["twice"]);
    expect(results).toMatchObject([{ returned: [null, true] }]);
    expect(await shown("success")).toBe(1);
    expect(await shown("success", "left")).toBe(1);
    expect(await shown("success", "right")).toBe(0);
  });
});

describe("a job that a signal ends", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "has failed, and what it has recorded is pushed: %s",
    async (signal) => {
      const jobs = startJobs(gateway.url, ["hangs"]);
      await jobs.printing("hangs");
      jobs.process.kill(signal);
      expect(await jobs.ended).toMatchObject({ exitCode: null, signal });
      expect(await shown("success")).toBe(0);
      expect(await gateway.shown("mails_sent_total", { job: "shop" })).toBe(1);
    },
  );

  test("leaves the exit code to the program's own listener", async () => {
    const jobs = startJobs(gateway.url, ["hangs", "--exit-7"]);
    await jobs.printing("hangs");
    jobs.process.kill("SIGTERM");
    expect(await jobs.ended).toMatchObject({ exitCode: 7, signal: null });
    expect(await shown("success")).toBe(0);
  });

  test("leaves no result if it calls process.exit()", async () => {
    expect(await runJobs(gateway.url, ["exits by itself"])).toMatchObject({ exitCode: 3 });
    expect(await shown("success")).toBeUndefined();
  });
});

describe("a gateway that does not answer", () => {
  test.each([
    ["works", 0],
    ["fails --uncaught", 1],
  ])(
    "holds up the process for the flush timeout, once, and keeps its exit code: %s",
    async (kind, code) => {
      const url = await hangingGateway();
      const { exitCode, errors, results, lingeredMs } = await runJobs(url, kind.split(" "), {
        PREFREEZE_FLUSH_TIMEOUT_MS: "700",
      });
      expect(exitCode).toBe(code);
      expect(errors).toContain(`prefreeze: result of job "mails" was not pushed to ${url}/: `);
      for (const { ms } of results) expect(ms).toBeLessThan(700 + 600);
      // Its last push would take another 1.5 seconds.
      expect(lingeredMs).toBeLessThan(1_200);
    },
  );

  test("holds up nothing if it refuses connections", async () => {
    const { exitCode, results, errors } = await runJobs("http://127.0.0.1:1", ["works"]);
    expect(exitCode).toBe(0);
    expect(results).toMatchObject([{ returned: "sent" }]);
    expect(results[0]!.ms).toBeLessThan(1_000);
    expect(errors).toMatch(/result of job "mails" was not pushed to .*ECONNREFUSED/);
  });

  test("gets a result again, once", async () => {
    let answered = 0;
    const server = await recordingServer((response, { url }) => {
      const isResult = url?.includes("/batch_job/");
      response.writeHead(isResult && ++answered === 1 ? 503 : 200).end();
    });
    await runJobs(server.url, ["nothing"]);
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
      ["PUT", "/metrics/job/shop/batch_job/mails"],
      ["PUT", "/metrics/job/shop/batch_job/mails"],
    ]);
    expect(server.requests[1]!.body).toBe(server.requests[0]!.body);
  });

  test("gets a result with a later push of a process that pushes on an interval", async () => {
    let failing = true;
    const server = await recordingServer((response) =>
      response.writeHead(failing ? 503 : 200).end(),
    );
    const jobs = startJobs(server.url, ["nothing", "--push-every", "--stays"], {
      PREFREEZE_INTERVAL_MS: "1000",
    });
    await jobs.printing("ms");
    const results = () => server.requests.filter(({ path }) => path?.includes("/batch_job/"));
    const [first] = results();
    failing = false;
    const failed = results().length;
    await expect.poll(() => results().length, { timeout: 10_000 }).toBe(failed + 1);
    expect(results().at(-1)).toMatchObject({ method: "PUT", body: first!.body });
  });

  test("gets the time of a success with the next result, if that is a failure", async () => {
    let answered = 0;
    const server = await recordingServer((response) =>
      response.writeHead(++answered <= 2 ? 503 : 200).end(),
    );
    await runJobs(server.url, ["nothing", "fails at once", "fails at once"]);
    const results = server.requests.map(
      ({ method, body }) =>
        `${method} ${/\nbatch_job_last_success_timestamp_seconds (\S+)/.exec(body)?.[1]}`,
    );
    const [, seconds] = /PUT (.*)/.exec(results[0]!)!;
    // While the breaker is open, the first failure may be left for the second one to bring, and the time with it.
    const [first, ...others] = results.slice(2);
    expect(first).toBe(`POST ${seconds}`);
    expect(others).toEqual(others.map(() => "POST undefined"));
  });
});

test("every job of every version pushes these names, types and texts of help", async () => {
  const server = await recordingServer();
  await runJobs(server.url, ["nothing"]);
  expect(server.requests[0]!.body.replace(/ \d[\d.]+\n/g, " N\n")).toBe(
    `# HELP batch_job_duration_seconds Time that the newest run of the job took.
# TYPE batch_job_duration_seconds gauge
batch_job_duration_seconds N
# HELP batch_job_success 1 if the newest run of the job has succeeded, 0 if it has failed.
# TYPE batch_job_success gauge
batch_job_success 1
# HELP batch_job_last_success_timestamp_seconds Unix time when the job last succeeded.
# TYPE batch_job_last_success_timestamp_seconds gauge
batch_job_last_success_timestamp_seconds N
`,
  );
});

test("under a test runner and without a gateway, a job just runs", async () => {
  const server = await recordingServer();
  const inert = { PREFREEZE_ACTIVE: "0", NODE_ENV: "test" };
  expect(await runJobs(server.url, ["works", "fails"], inert)).toMatchObject({
    exitCode: 0,
    results: [{ returned: "sent" }, { same: true }],
  });
  expect(await runJobs("", ["works"])).toMatchObject({
    exitCode: 0,
    results: [{ returned: "sent" }],
    errors: "prefreeze: PUSHGATEWAY_URL is not set: nothing is pushed\n",
  });
  expect(server.requests).toEqual([]);
});

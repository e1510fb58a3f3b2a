import { type InstrumentLambdaOptions, lambdaStatus } from "prefreeze";
import { describe, expect, test, vi } from "vitest";
import { layerArn, REGION } from "./control-api/fake-functions.js";
import { GATEWAY, instrument, LAYER, startApi, uninstrument, WRAPPER } from "./set-up.js";

describe("while others change the same function", () => {
  test("waits until an update that is under way has ended", async () => {
    const api = await startApi();
    api.add("shop");
    api.functions.occupy("shop", 300);
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "changed" }]);
    expect(api.arrived.filter(({ answered }) => answered === 409)).toEqual([]);
  });

  test("tries again after a conflict (409) that began in between", async () => {
    const api = await startApi();
    api.add("shop");
    api.before("UpdateFunctionConfiguration", () => api.functions.occupy("shop", 200));
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "changed" }]);
    expect(api.arrived).toContainEqual(expect.objectContaining({ answered: 409 }));
  });

  test("keeps a variable that somebody else set between our look and our change (412)", async () => {
    const api = await startApi();
    api.add("shop", { variables: { TABLE: "orders" } });
    api.before("UpdateFunctionConfiguration", () =>
      api.functions.change("shop", { variables: { TABLE: "new", ADDED: "1" } }),
    );
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "changed" }]);
    expect(api.arrived).toContainEqual(expect.objectContaining({ answered: 412 }));
    expect(api.functions.settings("shop").variables).toMatchObject({ TABLE: "new", ADDED: "1" });
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop").variables).toEqual({ TABLE: "new", ADDED: "1" });
  });

  test("restores exactly after several people instrumented it differently at once", async () => {
    const api = await startApi();
    const before = {
      layers: [],
      variables: { TABLE: "orders", AWS_LAMBDA_EXEC_WRAPPER: "/opt/x" },
    };
    api.add("shop", before);
    const arn = `arn:aws:lambda:${REGION}:123456789012:function:shop`;
    const all = await Promise.all([
      instrument(["shop", arn]),
      instrument(["shop"], { layer: layerArn("prefreeze", 2) }),
      instrument([arn], { variables: { PUSHGATEWAY_URL: "http://other:9091" } }),
    ]);
    for (const { outcome } of all.flat()) expect(["changed", "unchanged"]).toContain(outcome);
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop")).toEqual(before);
  });

  test("gives up after the time for one function, and says so", async () => {
    const api = await startApi();
    api.add("shop");
    api.functions.occupy("shop", 60_000);
    const startedMs = performance.now();
    expect(await instrument(["shop"], { waitMs: 500 })).toMatchObject([
      { outcome: "failed", reason: expect.stringMatching(/still under way/) as string },
    ]);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(api.writes()).toBe(0);
  });

  test("tells why Lambda could not apply the change", async () => {
    const api = await startApi();
    api.add("shop", { updateFails: "The subnet has no free addresses." });
    expect(await instrument(["shop"])).toMatchObject([
      {
        outcome: "failed",
        reason: expect.stringMatching(/subnet has no free addresses/) as string,
      },
    ]);
  });
});

describe("a request that fails", () => {
  test("is sent again while Lambda throttles it (429 with Retry-After)", async () => {
    const api = await startApi();
    api.add("shop");
    api.throttle("UpdateFunctionConfiguration", 2, 1);
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "changed" }]);
    const updates = api.arrived.filter(({ action }) => action === "UpdateFunctionConfiguration");
    expect(updates.map(({ answered }) => answered)).toEqual([429, 429, 200]);
  });

  test("is given up within the time for one function, whatever Retry-After says", async () => {
    const api = await startApi();
    api.add("shop");
    api.throttle("GetFunctionConfiguration", 1000, 3600);
    const startedMs = performance.now();
    const [change] = await instrument(["shop"], { waitMs: 1500 });
    expect(change).toMatchObject({ outcome: "failed" });
    expect(change?.reason).toMatch(
      /^Lambda did not answer lambda:GetFunctionConfiguration in time/,
    );
    expect(performance.now() - startedMs).toBeLessThan(4000);
    expect(api.writes()).toBe(0);
  });

  test("is found done if only its answer was lost", async () => {
    const api = await startApi();
    api.add("shop", { variables: { TABLE: "orders" } });
    api.loseAnswer("UpdateFunctionConfiguration");
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "changed" }]);
    expect(api.functions.settings("shop").layers).toEqual([LAYER]);
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop")).toEqual({ layers: [], variables: { TABLE: "orders" } });
  });

  test.each(["GetFunctionConfiguration", "UpdateFunctionConfiguration"])(
    "for want of permission names the action: lambda:%s",
    async (action) => {
      const api = await startApi();
      api.add("shop");
      api.deny(action);
      expect(await instrument(["shop"])).toMatchObject([
        {
          outcome: "failed",
          reason: `these credentials may not call lambda:${action} for shop: allow it`,
        },
      ]);
    },
  );

  test("does not stop the change if it was only for advice", async () => {
    const api = await startApi();
    api.add("shop");
    for (const action of ["ListTags", "ListAliases"]) api.deny(action);
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "changed", notes: [] }]);
  });

  test("never repeats the variables that Lambda's own message repeats", async () => {
    const api = await startApi();
    api.add("shop");
    // Lambda measures them otherwise than we do, it might be.
    api.refuse(
      "UpdateFunctionConfiguration",
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"SECRET":"geheim-1"}',
    );
    const changes = await instrument(["shop"]);
    expect(changes).toMatchObject([
      {
        outcome: "failed",
        reason: "its variables would take more than 4,096 bytes: shorten or remove some",
      },
    ]);
    api.refuse(
      "UpdateFunctionConfiguration",
      "1 validation error detected: Value '{SECRET=geheim-1}' at 'environment.variables' failed to satisfy constraint",
      "ValidationException",
    );
    expect(await instrument(["shop"])).toMatchObject([
      { reason: "Lambda does not take its variables: look for reserved or malformed names" },
    ]);
  });

  test.each(["<html>Sign in</html>", "{}", ""])(
    "is told from an answer of something else: %j",
    async (text) => {
      const api = await startApi();
      api.add("shop");
      api.answerWith(text);
      const reason = "what answers is not Lambda's API: look for a proxy, and at AWS_ENDPOINT_URL";
      expect(await instrument(["shop"])).toMatchObject([{ outcome: "failed", reason }]);
      await expect(lambdaStatus({ all: true, region: REGION })).rejects.toThrow(reason);
    },
  );

  test("of one function does not stop the others", async () => {
    const api = await startApi();
    for (const name of ["a", "c", "d"]) api.add(name);
    api.add("python", { runtime: "python3.13" });
    const changes = await instrument(["a", "missing", "c", "python", "d"]);
    expect(changes.map((each) => [each.function, each.outcome, each.reason])).toEqual([
      ["a", "changed", undefined],
      ["missing", "failed", "missing does not exist in this account and region"],
      ["c", "changed", undefined],
      ["python", "refused", "its runtime is python3.13: the layer is for Node.js alone"],
      ["d", "changed", undefined],
    ]);
  });
});

describe("what is the same for all functions is told once:", () => {
  test("no credentials", async () => {
    const api = await startApi();
    api.add("shop");
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    await expect(instrument(["shop"])).rejects.toThrow(/^no AWS credentials: give --profile/);
  });

  test("no region", async () => {
    const api = await startApi();
    api.add("shop");
    vi.stubEnv("AWS_REGION", undefined);
    vi.stubEnv("AWS_DEFAULT_REGION", undefined);
    await expect(uninstrument(["shop"], { region: "" })).rejects.toThrow(/^no region: give/);
  });

  test("a layer without a version, or not allowed to be listed", async () => {
    const api = await startApi();
    api.add("shop");
    const gone = layerArn("gone", 1).replace(/:1$/, "");
    await expect(instrument(["shop"], { layer: gone })).rejects.toThrow(/has no version/);
    api.deny("ListLayerVersions");
    await expect(instrument(["shop"], { layer: gone })).rejects.toThrow(
      /may not call lambda:ListLayerVersions .* give --layer with a version/,
    );
    expect(api.writes()).toBe(0);
  });

  test.each([
    ["no ARN", { layer: "prefreeze" }, /^--layer is not the ARN/],
    ["a name with a blank", { functions: ["a b"] }, /^"a b" is not the name of a function/],
    ["a reserved variable", { variables: { AWS_REGION: "x" } }, /^AWS_REGION cannot be set/],
    ["our own", { variables: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER } }, /PREFREEZE_EXEC_WRAPPER/],
    ["a typo", { variables: { PREFREEZE_MESURES: "http" } }, /^PREFREEZE_MESURES is no variable/],
    ["no name", { variables: { "": GATEWAY } }, /is no name of a variable/],
  ])("%s", async (_, options: Partial<InstrumentLambdaOptions>, message) => {
    await startApi();
    await expect(instrument(options.functions ?? ["shop"], options)).rejects.toThrow(message);
  });
});

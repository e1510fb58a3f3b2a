import { describe, expect, test } from "vitest";
import { layerArn, REGION } from "./control-api/fake-functions.js";
import { GATEWAY, instrument, LAYER, OTHER, startApi, uninstrument, WRAPPER } from "./set-up.js";

describe("instrument", () => {
  test("attaches the layer behind the others, sets the variables, and keeps all others", async () => {
    const api = await startApi();
    api.add("shop", { layers: [OTHER], variables: { TABLE: "orders", EMPTY: "" } });
    const [change] = await instrument(["shop"]);
    expect(change).toMatchObject({ outcome: "changed", reason: undefined, notes: [] });
    expect(api.functions.settings("shop")).toEqual({
      layers: [OTHER, LAYER],
      variables: {
        TABLE: "orders",
        EMPTY: "",
        PUSHGATEWAY_URL: GATEWAY,
        AWS_LAMBDA_EXEC_WRAPPER: WRAPPER,
        PREFREEZE_UNINSTRUMENT: expect.any(String) as string,
      },
    });
  });

  test("lets another layer's wrapper go on, as the one that ours starts first", async () => {
    const api = await startApi();
    const before = {
      layers: [OTHER],
      variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel-handler" },
    };
    api.add("shop", before);
    await instrument(["shop"]);
    expect(api.functions.settings("shop").variables).toMatchObject({
      AWS_LAMBDA_EXEC_WRAPPER: WRAPPER,
      PREFREEZE_EXEC_WRAPPER: "/opt/otel-handler",
    });
    expect(await uninstrument(["shop"])).toMatchObject([{ outcome: "changed", notes: [] }]);
    expect(api.functions.settings("shop")).toEqual(before);
  });

  test("says which credentials count if the function has others already", async () => {
    const api = await startApi();
    api.add("shop", { variables: { PUSHGATEWAY_BEARER_TOKEN: "old" } });
    const variables = { PUSHGATEWAY_URL: GATEWAY, PUSHGATEWAY_PASSWORD: "new" };
    const [change] = await instrument(["shop"], { variables });
    expect(change?.notes).toEqual(["it has a bearer token and a password: the token is sent"]);
  });

  test("does not start a wrapper that an unused variable names", async () => {
    const api = await startApi();
    const before = { layers: [], variables: { PREFREEZE_EXEC_WRAPPER: "/opt/gone" } };
    api.add("shop", before);
    await instrument(["shop"]);
    expect(api.functions.settings("shop").variables).not.toHaveProperty("PREFREEZE_EXEC_WRAPPER");
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop")).toEqual(before);
  });

  test("replaces an older version of the layer where it stands, and uninstrument brings it back", async () => {
    const api = await startApi();
    const before = { layers: [layerArn("prefreeze", 1), OTHER], variables: {} };
    api.add("shop", before);
    await instrument(["shop"]);
    expect(api.functions.settings("shop").layers).toEqual([LAYER, OTHER]);
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop")).toEqual(before);
  });

  test("takes the newest version of a layer without a version", async () => {
    const api = await startApi();
    api.functions.layers.add(layerArn("prefreeze", 12));
    api.add("shop");
    await instrument(["shop"], { layer: LAYER.replace(/:3$/, "") });
    expect(api.functions.settings("shop").layers).toEqual([layerArn("prefreeze", 12)]);
  });

  test("a second time changes nothing, and writes nothing", async () => {
    const api = await startApi();
    api.add("shop", { layers: [OTHER] });
    await instrument(["shop"]);
    const settings = api.functions.settings("shop");
    const writes = api.writes();
    expect(await instrument(["shop"])).toMatchObject([{ outcome: "unchanged" }]);
    expect(api.functions.settings("shop")).toEqual(settings);
    expect(api.writes()).toBe(writes);
  });

  test("again, with a newer layer and another gateway, still restores what was there at first", async () => {
    const api = await startApi();
    const before = { layers: [OTHER], variables: { PUSHGATEWAY_URL: "http://old:9091" } };
    api.add("shop", before);
    await instrument(["shop"], { layer: layerArn("prefreeze", 1) });
    await instrument(["shop"], { variables: { PUSHGATEWAY_URL: "http://newer:9091" } });
    expect(api.functions.settings("shop")).toMatchObject({
      layers: [OTHER, LAYER],
      variables: { PUSHGATEWAY_URL: "http://newer:9091" },
    });
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop")).toEqual(before);
  });

  test("a dry run tells the difference, masks credentials, and writes nothing", async () => {
    const api = await startApi();
    const before = {
      layers: [OTHER],
      variables: { PUSHGATEWAY_URL: "https://shop:geheim-1@old:9091/?key=geheim-2" },
    };
    api.add("shop", before);
    const [change] = await instrument(["shop"], {
      dryRun: true,
      variables: { PUSHGATEWAY_URL: GATEWAY, PUSHGATEWAY_PASSWORD: "geheim-3" },
    });
    expect(change).toMatchObject({
      outcome: "would change",
      change: {
        layers: { before: [OTHER], after: [OTHER, LAYER] },
        variables: [
          { name: "AWS_LAMBDA_EXEC_WRAPPER", before: undefined, after: WRAPPER },
          { name: "PUSHGATEWAY_PASSWORD", before: undefined, after: "****" },
          { name: "PUSHGATEWAY_URL", before: "https://****@old:9091/?****", after: GATEWAY },
          {
            name: "PREFREEZE_UNINSTRUMENT",
            after: expect.stringMatching(/^what uninstrument restores \(\d+ bytes\)$/) as string,
          },
        ],
      },
    });
    expect(JSON.stringify(change)).not.toContain("geheim");
    expect(api.functions.settings("shop")).toEqual(before);
    expect(api.writes()).toBe(0);
  });

  test.each([
    ["a container image", { packageType: "Image" as const }, /container image/],
    ["Python", { runtime: "python3.13" }, /python3\.13: the layer is for Node\.js alone/],
    ["a runtime of one's own", { runtime: "provided.al2023" }, /provided\.al2023/],
    ["Node.js 18", { runtime: "nodejs18.x" }, /choose nodejs22\.x or newer/],
    ["SnapStart", { more: { SnapStart: { ApplyOn: "PublishedVersions" } } }, /SnapStart/],
    [
      "a replica of Lambda@Edge",
      { more: { MasterArn: "arn:aws:lambda:us-east-1:1:function:a" } },
      /Lambda@Edge/,
    ],
    ["the layer's handler", { handler: "/opt/prefreeze/handler.handler" }, /by hand/],
    ["variables that may not be decrypted", { isEncrypted: true }, /allow kms:Decrypt/],
    ["a damaged record", { variables: { PREFREEZE_UNINSTRUMENT: "x" } }, /is damaged/],
    [
      "five other layers",
      { layers: [1, 2, 3, 4, 5].map((number) => layerArn(`l${number}`, 1)) },
      /5 layers already/,
    ],
    ["too many variables", { variables: { BIG: "x".repeat(4000) } }, /would take \d+ bytes/],
  ])("refuses a function with %s, and writes nothing", async (_, given, reason) => {
    const api = await startApi();
    api.add("shop", given);
    const [change] = await instrument(["shop"]);
    expect(change).toMatchObject({ outcome: "refused" });
    expect(change?.reason).toMatch(reason);
    expect(api.writes()).toBe(0);
  });

  test("refuses a function without a gateway, of another region, or of a published version", async () => {
    const api = await startApi();
    api.add("shop");
    api.add("far", { region: "us-east-1" });
    const far = "arn:aws:lambda:us-east-1:123456789012:function:far";
    const refused = async (name: string, variables = {}) => {
      const [change] = await instrument([name], { variables });
      expect(change).toMatchObject({ outcome: "refused" });
      return change?.reason;
    };
    expect(await refused("shop")).toMatch(/give --pushgateway URL/);
    expect(await refused(far)).toMatch(/publish the layer in its region/);
    expect(await refused("shop:live")).toMatch(/name the function without :live/);
    expect(api.writes()).toBe(0);
  });

  test("works with names, partial ARNs and ARNs, also with $LATEST", async () => {
    const api = await startApi();
    for (const name of ["a", "b", "c"]) api.add(name);
    const changes = await instrument([
      "a:$LATEST",
      "123456789012:function:b",
      `arn:aws:lambda:${REGION}:123456789012:function:c:$LATEST`,
    ]);
    expect(changes.map(({ outcome }) => outcome)).toEqual(["changed", "changed", "changed"]);
  });

  test("warns that a template may undo it, and that aliases do not follow", async () => {
    const api = await startApi();
    api.add("shop", { tags: { "aws:cloudformation:stack-name": "Orders" } });
    api.functions.alias("shop", "live", api.functions.publish("shop"));
    const [change] = await instrument(["shop"]);
    expect(change?.notes).toEqual([
      expect.stringContaining("CloudFormation stack Orders"),
      expect.stringContaining("calls of live do"),
    ]);
  });

  test("warns that nobody listens on the function's own loopback interface", async () => {
    const api = await startApi();
    api.add("shop");
    const [change] = await instrument(["shop"], {
      variables: { PUSHGATEWAY_URL: "http://127.0.0.1:9091" },
    });
    expect(change?.notes).toEqual([expect.stringContaining("function's own environment")]);
  });
});

describe("uninstrument", () => {
  test("keeps what somebody has changed since", async () => {
    const api = await startApi();
    api.add("shop", { layers: [OTHER], variables: { TABLE: "orders" } });
    await instrument(["shop"], {
      variables: { PUSHGATEWAY_URL: GATEWAY, PREFREEZE_MEASURES: "http" },
    });
    const { layers, variables } = api.functions.settings("shop");
    const NEW = layerArn("new", 1);
    api.functions.layers.add(NEW);
    api.functions.change("shop", {
      layers: [NEW, ...layers],
      variables: { ...variables, TABLE: "new", PREFREEZE_MEASURES: "http,resources" },
    });
    const [change] = await uninstrument(["shop"]);
    expect(change?.notes).toEqual(["PREFREEZE_MEASURES was changed since, and stays as it is"]);
    expect(api.functions.settings("shop")).toEqual({
      layers: [NEW, OTHER],
      variables: { TABLE: "new", PREFREEZE_MEASURES: "http,resources" },
    });
  });

  test("goes on with the other wrapper that somebody has named since", async () => {
    const api = await startApi();
    api.add("shop", { variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel-handler" } });
    await instrument(["shop"]);
    const { variables } = api.functions.settings("shop");
    api.functions.change("shop", {
      variables: { ...variables, PREFREEZE_EXEC_WRAPPER: "/opt/otel-handler-2" },
    });
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop").variables).toEqual({
      AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel-handler-2",
    });
  });

  test("leaves a function alone that is not instrumented, and refuses one that was by hand", async () => {
    const api = await startApi();
    api.add("bare", { variables: { TABLE: "orders" } });
    api.add("by-hand", { layers: [LAYER], variables: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER } });
    expect(await uninstrument(["bare", "by-hand"])).toMatchObject([
      { outcome: "unchanged" },
      { outcome: "refused", reason: expect.stringMatching(/by hand or by a template/) as string },
    ]);
    expect(api.writes()).toBe(0);
  });

  test("removes the layer also if somebody has updated it since, and if the runtime is another", async () => {
    const api = await startApi();
    api.add("shop", { layers: [OTHER] });
    await instrument(["shop"], { layer: layerArn("prefreeze", 1) });
    api.functions.change("shop", { layers: [OTHER, layerArn("prefreeze", 2)] });
    await uninstrument(["shop"]);
    expect(api.functions.settings("shop")).toEqual({ layers: [OTHER], variables: {} });
  });
});

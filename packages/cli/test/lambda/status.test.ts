import { lambdaStatus } from "prefreeze";
import { expect, test } from "vitest";
import { layerArn, REGION } from "./control-api/fake-functions.js";
import { GATEWAY, instrument, LAYER, OTHER, startApi, WRAPPER } from "./set-up.js";

const region = REGION;

test("tells layer, other wrapper, gateway without credentials, mode and the newest update", async () => {
  const api = await startApi();
  api.add("shop", { variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/otel-handler" } });
  await instrument(["shop"], {
    variables: { PUSHGATEWAY_URL: "https://shop:geheim@gateway:9091" },
  });
  expect(await lambdaStatus({ functions: ["shop"], region })).toEqual([
    {
      function: "shop",
      arn: "arn:aws:lambda:eu-central-1:123456789012:function:shop",
      version: "$LATEST",
      runtime: "nodejs24.x",
      instrumented: "yes",
      layer: LAYER,
      otherWrapper: "/opt/otel-handler",
      pushgateway: "https://****@gateway:9091",
      mode: "after the response",
      updateStatus: "Successful",
      reason: undefined,
    },
  ]);
});

const byHand = { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER, PUSHGATEWAY_URL: GATEWAY };
test.each([
  ["not instrumented", {}, { instrumented: "no", mode: undefined, reason: undefined }],
  [
    "that cannot be",
    { runtime: "python3.13" },
    { instrumented: "no", reason: "its runtime is python3.13: the layer is for Node.js alone" },
  ],
  [
    "whose code may push by itself",
    { variables: { PUSHGATEWAY_URL: GATEWAY } },
    { instrumented: "no", reason: expect.stringMatching(/may push by its own code/) as string },
  ],
  ["by hand", { layers: [LAYER], variables: byHand }, { instrumented: "by hand", layer: LAYER }],
  [
    "whose layer was removed since",
    { variables: byHand },
    { instrumented: "broken", reason: expect.stringMatching(/cannot start/) as string },
  ],
  [
    "without a gateway",
    { layers: [LAYER], variables: { AWS_LAMBDA_EXEC_WRAPPER: WRAPPER } },
    { mode: "recording only", pushgateway: undefined },
  ],
  [
    "that is disabled",
    { layers: [LAYER], variables: { ...byHand, PREFREEZE_DISABLED: "true" } },
    { mode: "disabled" },
  ],
  [
    "on Managed Instances",
    { layers: [LAYER], variables: byHand, more: { CapacityProviderConfig: {} } },
    { mode: "every few seconds" },
  ],
  [
    "with a damaged record",
    { layers: [LAYER], variables: { ...byHand, PREFREEZE_UNINSTRUMENT: "x" } },
    { instrumented: "broken", reason: expect.stringMatching(/is damaged/) as string },
  ],
  [
    "whose variables may not be decrypted",
    { isEncrypted: true },
    { instrumented: "unknown", reason: expect.stringMatching(/kms:Decrypt/) as string },
  ],
])("of a function %s", async (_, given, expected) => {
  const api = await startApi();
  api.add("shop", given);
  expect(await lambdaStatus({ functions: ["shop"], region })).toMatchObject([expected]);
});

test("of a function whose wrapper was changed since is: broken", async () => {
  const api = await startApi();
  api.add("shop");
  await instrument(["shop"]);
  const { variables } = api.functions.settings("shop");
  api.functions.change("shop", { variables: { ...variables, AWS_LAMBDA_EXEC_WRAPPER: "/opt/x" } });
  expect(await lambdaStatus({ functions: ["shop"], region })).toMatchObject([
    { instrumented: "broken", reason: expect.stringMatching(/was changed since/) as string },
  ]);
});

test("looks at the version to which an alias points", async () => {
  const api = await startApi();
  api.add("shop");
  api.functions.alias("shop", "live", api.functions.publish("shop"));
  await instrument(["shop"]);
  const statuses = [
    ...(await lambdaStatus({ functions: ["shop", "shop:live", "shop:1"], region })),
    ...(await lambdaStatus({ functions: ["shop"], region, qualifier: "live" })),
  ];
  expect(statuses.map(({ version, instrumented }) => [version, instrumented])).toEqual([
    ["$LATEST", "yes"],
    ["1", "no"],
    ["1", "no"],
    ["1", "no"],
  ]);
});

test("--all reads every page, sorts by name, and asks for the updates of those that are instrumented", async () => {
  const api = await startApi();
  api.functions.pageSize = 3;
  for (let number = 10; number < 20; number += 1) api.add(`f${number}`, { layers: [OTHER] });
  await instrument(["f13", "f17"]);
  const reads = () =>
    api.arrived.filter(({ action }) => action === "GetFunctionConfiguration").length;
  const readsBefore = reads();
  const statuses = await lambdaStatus({ all: true, region });
  expect(statuses.map((each) => each.function)).toEqual(
    Array.from({ length: 10 }, (_, index) => `f${index + 10}`),
  );
  expect(statuses.filter(({ instrumented }) => instrumented === "yes")).toMatchObject([
    { function: "f13", updateStatus: "Successful" },
    { function: "f17", updateStatus: "Successful" },
  ]);
  expect(reads() - readsBefore).toBe(2);
});

test("one that is missing does not stop the others", async () => {
  const api = await startApi();
  api.add("shop");
  expect(await lambdaStatus({ functions: ["gone", "shop"], region })).toMatchObject([
    { instrumented: "unknown", reason: "gone does not exist in this account and region" },
    { instrumented: "no" },
  ]);
});

test("needs functions, or --all, and not both", async () => {
  await startApi();
  const message = "name functions, or give --all for all functions of the region";
  await expect(lambdaStatus({ region })).rejects.toThrow(message);
  await expect(lambdaStatus({ region, functions: ["a"], all: true })).rejects.toThrow(message);
});

test("a layer of another name is found by the record", async () => {
  const api = await startApi();
  const layer = layerArn("metrics-of-acme", 1);
  api.functions.layers.add(layer);
  api.add("shop", { layers: [OTHER] });
  await instrument(["shop"], { layer });
  expect(await lambdaStatus({ functions: ["shop"], region })).toMatchObject([{ layer }]);
});

import { createRequire } from "node:module";
import { it } from "vitest";
import * as users from "@prefreeze/core";
import * as authors from "@prefreeze/core/adapter";
import { collectWarnings, type Core } from "./core.js";
import * as internals from "./internals.js";
import { expectOnePackage } from "./expect-one-package.js";

it("the ES module and the CommonJS build work as one in one process", async () => {
  collectWarnings();
  const require = createRequire(import.meta.url);
  const commonJs = {
    ...internals,
    ...require("@prefreeze/core"),
    ...require("@prefreeze/core/adapter"),
  } as Core;
  await expectOnePackage({ ...internals, ...users, ...authors }, commonJs);
});

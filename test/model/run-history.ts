import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type fc from "fast-check";
import { asyncModelRun } from "fast-check";
import { afterAll } from "vitest";
import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import * as internals from "../../packages/core/test/internals.js";
import { type Kind, World } from "./world.js";

// As the journal imports it, so that both have the same state.
const core = { ...users, ...adapters, ...internals };

// In memory where it can be: a disk takes longer to make and remove thousands of files than all the rest.
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const directory = mkdtempSync(join(root, "prefreeze-model-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Lets a history happen, then heals all that can be, and judges. Rejects with what is wrong. */
export async function runHistory(
  kind: Kind,
  commands: Iterable<fc.AsyncCommand<object, World, true>>,
  change?: ConstructorParameters<typeof World>[3],
): Promise<void> {
  const world = new World(core, kind, directory, change);
  try {
    await asyncModelRun(() => ({ model: {}, real: world }), commands);
    await world.heal();
    world.checkAll();
  } finally {
    world.stop();
  }
}

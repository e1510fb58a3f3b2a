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

// Imported like this, since the journal does so, too, and both must share one state.
const core = { ...users, ...adapters, ...internals };

// Uses memory if possible: on a disk, creating and removing thousands of files would take most of the time.
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const directory = mkdtempSync(join(root, "prefreeze-model-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs a history, heals all faults, and checks the rules. Rejects with the rules that were broken. */
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

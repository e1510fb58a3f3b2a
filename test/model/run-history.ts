import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type fc from "fast-check";
import { asyncModelRun } from "fast-check";
import { afterAll } from "vitest";
import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import * as internals from "../../packages/core/test/internals.js";
import { type Changes, type Kind, World } from "./world.js";

// Imported like this, since the journal does so, too, and both must share one state.
const core = { ...users, ...adapters, ...internals };

// Uses memory if possible: on a disk, creating and removing thousands of files would take most of the time.
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const directory = mkdtempSync(join(root, "prefreeze-model-"));
afterAll(() => rmSync(directory, { recursive: true }));

/**
 * Runs a history, heals all faults, and checks the rules. Rejects with the rules that were broken.
 *
 * @param after sees the world in the end
 */
export async function runHistory(
  kind: Kind,
  commands: Iterable<fc.AsyncCommand<object, World, true>>,
  changes?: Changes,
  after?: (world: World) => void,
): Promise<void> {
  const world = new World(core, kind, directory, changes);
  try {
    await asyncModelRun(() => ({ model: {}, real: world }), commands);
    await world.heal();
    world.checkAll();
    after?.(world);
  } finally {
    world.stop();
  }
}

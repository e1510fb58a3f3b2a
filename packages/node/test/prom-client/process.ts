import type { Instance } from "@prefreeze/core/adapter";
import * as users from "@prefreeze/core";
import * as adapters from "@prefreeze/core/adapter";
import { forgetAll } from "../../../core/test/core.js";
import { fakePlatform } from "../../../core/test/fake-platform.js";
import * as internals from "../../../core/test/internals.js";
import { type ScriptedGateway, scriptedGateway } from "../../../core/test/scripted-gateway.js";

export const core = { ...users, ...adapters, ...internals };

/** A process of one job, whose pushes a gateway behind a transport takes. */
export interface Process {
  readonly gateway: ScriptedGateway;
  readonly instance: Instance;
  /** Pushes once. @returns the text that was pushed last */
  push(): Promise<string>;
}

/** Starts a process that knows nothing of those before. */
export function startProcess(
  options: users.Options = {},
  differences: Parameters<typeof fakePlatform>[0] = {},
  gateway: ScriptedGateway = scriptedGateway(),
): Process {
  const instance = core.instanceOn(fakePlatform(differences), {
    url: "http://gateway:9091",
    transport: gateway.transport,
    gzipAboveBytes: Infinity,
    ...options,
  })!;
  return {
    gateway,
    instance,
    async push() {
      core.expectChange();
      await instance.pusher!.flusher.flush(undefined, false, true);
      return gateway.pushes.at(-1)?.body ?? "";
    },
  };
}

/** Forgets everything, as the end of a process does. */
export function endProcess(): void {
  forgetAll(core);
}

/** The lines of a text whose names begin so. */
export function linesOf(text: string, start: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(start));
}

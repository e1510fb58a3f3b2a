import { readFileSync, readlinkSync } from "node:fs";
import { processStart } from "@prefreeze/node";

/** A process, told from a later one with the same id. */
interface Owner {
  readonly processId: number;
  /** When it started, in clock ticks since the machine started. */
  readonly start: number;
  /** Where process ids mean the same: one boot of one machine, or one container. */
  readonly place: string;
}

/** This process, as it is written into a store that it owns. */
export function thisProcess(): string {
  const { pid } = process;
  const owner: Owner = { processId: pid, start: processStart(pid) ?? 0, place: place() };
  return JSON.stringify(owner);
}

/**
 * @param written what the last owner wrote
 * @returns the id of its process if it still runs, as far as this machine can tell
 */
export function runningOwner(written: string): number | undefined {
  const owner = JSON.parse(written) as Owner;
  const { processId, start } = owner;
  return owner.place === place() && processStart(processId) === start ? processId : undefined;
}

function place(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

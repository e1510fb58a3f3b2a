import { type Owner, reasonOf, stopwatch, warnOnce } from "@prefreeze/core/adapter";
import { createFamily, type Family } from "./family.js";
import type { Reading, Source } from "./reading.js";

/** What takes longer is not waited for the next time. */
const SLOW_MS = 100;

/** Reads a source into the totals. */
export interface Reader {
  /** @returns resolves when it is read; undefined if nothing waits for it, since it is slow. Never rejects */
  read(): Promise<void> | undefined;
  /** Its metrics are gone. */
  end(): void;
}

/** The metrics of one library, by type and name, whoever reads them. */
export type Families = (reading: Pick<Reading, "name" | "type">) => Family;

export function createFamilies(owner: Owner): Families {
  const families = new Map<string, Family>();
  return (reading) => {
    const key = `${reading.type} ${reading.name}`;
    let family = families.get(key);
    // Each has an owner of its own: two of one registry may be pushed under one name.
    if (!family) families.set(key, (family = createFamily({ ...owner }, reading)));
    return family;
  };
}

export function createReader(source: Source, families: Families, { library }: Owner): Reader {
  /** What the last reading had. */
  let before = new Map<Family, Reading>();
  let pending: Promise<void> | undefined;
  let isSlow = false;
  let hasEnded = false;

  async function read(): Promise<void> {
    const tookMs = stopwatch();
    // Reading many others takes time, too, which is not its own.
    const turn = { isOver: false };
    setImmediate(() => (turn.isOver = true));
    try {
      const readings = await source.read();
      isSlow = turn.isOver && tookMs() > SLOW_MS;
      take(readings);
    } catch (error) {
      warn(`cannot be read: ${reasonOf(error)}`);
    }
    pending = undefined;
  }

  function take(readings: readonly Reading[]): void {
    if (hasEnded) return;
    const now = new Map(readings.map((reading) => [families(reading), reading]));
    for (const [family, reading] of before)
      if (!now.has(family) && !reading.isDelta) family.take({ ...reading, points: [] });
    for (const [family, reading] of now) family.take(reading);
    before = now;
  }

  function warn(fault: string): void {
    warnOnce(`foreign ${source.name} ${fault}`, `metric "${source.name}" of ${library} ${fault}`);
  }

  return {
    read() {
      if (pending) {
        isSlow = true;
        warn("is slow: its newest values come with a later push");
        return undefined;
      }
      const begun = (pending = read());
      return isSlow ? undefined : begun;
    },
    end() {
      take([]);
      hasEnded = true;
    },
  };
}

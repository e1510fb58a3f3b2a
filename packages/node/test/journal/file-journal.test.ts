import { shared } from "../../../core/test/internals.js";
import { fileJournal } from "@prefreeze/node";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { collectWarnings } from "../../../core/test/core.js";
import { ENVIRONMENT, KEY, LIFE, newPlace, type Place, totalsOf } from "./place.js";

let place: Place;
let warnings: readonly string[];

beforeEach(() => {
  place = newPlace();
  warnings = collectWarnings();
  shared({ warned: new Set() }).warned.clear();
});

describe("a journal", () => {
  it("has nothing to go on with where there was none", () => {
    const journal = place.open()!;
    expect(journal.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("has nothing to go on with where nothing was written, and warns of nothing", () => {
    place.open()!.begin("http", true);
    expect(place.reopen()!.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("goes on with the life that was written", () => {
    place.open()!.write({ ...LIFE, inDoubt: true }, totalsOf(3), false);
    expect(place.reopen()!.restored).toMatchObject({ ...LIFE, inDoubt: true, died: [] });
    expect(warnings).toEqual([]);
  });

  it("goes on with the newest of what was written", () => {
    const journal = place.open()!;
    for (let sequence = 1; sequence < 50; sequence++) {
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), sequence % 3 === 0);
      if (sequence % 6 === 0) journal.acknowledge(sequence, sequence);
    }
    expect(place.reopen()!.restored).toMatchObject({ sequence: 49 });
  });

  it("goes on from process to process", () => {
    place.open()!.write(LIFE, totalsOf(1), true);
    for (let sequence = 8; sequence < 20; sequence++) {
      const journal = place.reopen()!;
      expect(journal.restored?.sequence).toBe(sequence - 1);
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), true);
    }
  });

  it("can be opened again after it was removed, and has nothing", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(1), false);
    journal.remove();
    expect(existsSync(place.path)).toBe(false);
    // Calls after it do nothing.
    journal.write(LIFE, totalsOf(2), false);
    journal.acknowledge(7, 1);
    journal.end(journal.begin("http", false));
    journal.remove();
    expect(existsSync(place.path)).toBe(false);
    expect(place.open()!.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("is read and written by its user alone, whatever the umask and whatever it was", () => {
    const umask = process.umask(0);
    try {
      place.open()!.write(LIFE, totalsOf(1), false);
      expect(statSync(place.path).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(umask);
    }
    writeFileSync(join(place.directory, "open"), "");
    const { path } = place;
    rmSync(path);
    writeFileSync(path, "", { mode: 0o644 });
    place.open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("takes totals of any text, as UTF-8 has it", () => {
    const totals = `${totalsOf(1)}# HELP b_total "\\\\ \u2028 ü 😀 \ud800 end\n`;
    const journal = place.open()!;
    journal.write(LIFE, totals, true);
    journal.acknowledge(LIFE.sequence, 1);
    const { acknowledged } = place.reopen()!.restored!;
    expect(acknowledged?.totals).toBe(Buffer.from(totals).toString());
  });

  it("takes as little of the disk as it needs", () => {
    const journal = place.open()!;
    for (let i = 0; i < 100; i++) {
      journal.write({ ...LIFE, sequence: i }, totalsOf(i), true);
      if (i % 7 === 0) journal.acknowledge(i, i);
    }
    expect(statSync(place.path).blocks * 512).toBeLessThan(40_000);
  });
});

describe("an acknowledged snapshot", () => {
  it("is told with the totals that it had, however much was written since", () => {
    const journal = place.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), true);
    journal.acknowledge(8, 1_700_000_000_000);
    for (let more = 0; more < 20; more++) {
      journal.write({ ...LIFE, sequence: 8 }, totalsOf(9 + more), false);
    }
    journal.write({ ...LIFE, sequence: 9, inDoubt: true }, totalsOf(30), true);
    for (let more = 0; more < 20; more++) {
      journal.write({ ...LIFE, sequence: 9, inDoubt: true }, totalsOf(31 + more), false);
    }
    const { restored } = place.reopen()!;
    expect(restored).toMatchObject({
      sequence: 9,
      inDoubt: true,
      acknowledged: { totals: totalsOf(8), atMs: 1_700_000_000_000 },
    });
  });

  it("is the one whose push was written, not what was written while it was on its way", () => {
    const journal = place.open()!;
    journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsOf(8), true);
    for (let more = 0; more < 9; more++) {
      journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsOf(9 + more), false);
    }
    journal.acknowledge(8, 5);
    const { restored } = place.reopen()!;
    expect(restored?.acknowledged).toMatchObject({ totals: totalsOf(8), atMs: 5 });
    // It has landed, so nobody has to wonder.
    expect(restored?.inDoubt).toBe(false);
  });

  it("stands through processes that only wrote", () => {
    const journal = place.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), true);
    journal.acknowledge(8, 5);
    for (let process = 0; process < 6; process++) {
      const next = place.reopen()!;
      expect(next.restored?.acknowledged).toMatchObject({ totals: totalsOf(8), atMs: 5 });
      next.write({ ...LIFE, sequence: 9 + process }, totalsOf(9 + process), true);
      next.write({ ...LIFE, sequence: 9 + process }, totalsOf(9 + process), false);
    }
  });

  it("gives way to a newer one, also across processes", () => {
    let journal = place.open()!;
    for (let sequence = 8; sequence < 20; sequence++) {
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), true);
      journal.acknowledge(sequence, sequence);
      if (sequence % 3 === 0) journal = place.reopen()!;
    }
    const { restored } = place.reopen()!;
    expect(restored?.acknowledged).toMatchObject({ totals: totalsOf(19), atMs: 19 });
  });

  it("is none where another snapshot's push, or none, was written", () => {
    const journal = place.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), false);
    journal.acknowledge(8, 5);
    journal.write({ ...LIFE, sequence: 9 }, totalsOf(9), true);
    journal.acknowledge(8, 6);
    expect(place.reopen()!.restored?.acknowledged).toBeUndefined();
  });

  it("is none where the life that it was of is over", () => {
    const journal = place.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), true);
    journal.acknowledge(8, 5);
    journal.write({ ...LIFE, sequence: 9 }, totalsOf(9), true);
    journal.write({ ...LIFE, id: "another", sequence: 0 }, totalsOf(1), false);
    // It comes late.
    journal.acknowledge(9, 6);
    const { restored } = place.reopen()!;
    expect(restored).toMatchObject({ id: "another", acknowledged: undefined });
  });
});

describe("what cannot be gone on with is a new life, and one warning:", () => {
  const written = () => {
    place.open()!.write(LIFE, totalsOf(3), false);
    return readFileSync(place.path);
  };
  const expectNewLife = (journal: ReturnType<Place["open"]>, warning: RegExp) => {
    expect(journal?.restored).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
    expect(warnings[0]).toContain(place.path);
    // It works from there on.
    journal!.write({ ...LIFE, id: "new" }, totalsOf(1), false);
    expect(place.reopen()!.restored).toMatchObject({ id: "new", died: [] });
    expect(warnings).toHaveLength(1);
  };

  it.each([
    ["environment", KEY, "another stream"],
    ["gateway", { ...KEY, urls: ["http://elsewhere:9091"] }, ENVIRONMENT],
    ["job", { ...KEY, job: "other" }, ENVIRONMENT],
    ["grouping", { ...KEY, grouping: { stage: "dev" } }, ENVIRONMENT],
  ])("another %s", (_, key, environment) => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(3), false);
    journal.begin("http", false);
    const opened = place.reopen(key, environment);
    expect(opened?.restored).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /is ignored, because it belongs to another environment, gateway, job or grouping; starting from zero/,
    );
    opened!.write({ ...LIFE, id: "new" }, totalsOf(1), false);
    expect(place.reopen(key, environment)!.restored).toMatchObject({ id: "new", died: [] });
  });

  it("a state of which one bit is wrong", () => {
    const file = written();
    file[32_768 + 100]! ^= 1;
    writeFileSync(place.path, file);
    expectNewLife(place.reopen(), /is damaged/);
  });

  it("a file that was cut", () => {
    written();
    truncateSync(place.path, 32_768 + 50);
    expectNewLife(place.reopen(), /is damaged/);
  });

  it("a newer version", () => {
    const file = written();
    file.write("prefreeze journal 2\n");
    writeFileSync(place.path, file);
    expectNewLife(place.reopen(), /has another version/);
  });

  it("a file of something else", () => {
    writeFileSync(place.path, "something else");
    expectNewLife(place.open(), /it is damaged or has another version/);
  });
});

describe("there is no journal, and one warning that says what to do,", () => {
  const expectNone = (journal: ReturnType<Place["open"]>, warning: RegExp) => {
    expect(journal).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
    expect(warnings[0]).toMatch(/totals not pushed before a crash will be lost/);
  };

  it("where this process has it open already", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(1), false);
    expectNone(place.open(), /is in use by another process: give each process its own directory/);
    // The first goes on undisturbed.
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(2), false);
    expect(place.reopen()!.restored?.sequence).toBe(8);
  });

  it("where a link stands in its place", () => {
    const elsewhere = join(place.directory, "elsewhere");
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, place.path);
    expectNone(place.open(), /ELOOP/);
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("where it is a file that goes by another name, too", () => {
    const elsewhere = join(place.directory, "elsewhere");
    writeFileSync(elsewhere, "precious");
    linkSync(elsewhere, place.path);
    expectNone(place.open(), /it is not a plain file of this user alone, so remove it/);
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("where it is another user's", () => {
    place.open()!.write(LIFE, totalsOf(1), false);
    const before = readFileSync(place.path);
    // Only root could make a file another's: here this process is told to be another.
    const { uid } = statSync(place.path);
    const spy = vi.spyOn(process, "geteuid").mockReturnValue(uid + 1);
    try {
      expectNone(place.open(), /it is not a plain file of this user alone, so remove it/);
    } finally {
      spy.mockRestore();
    }
    expect(readFileSync(place.path)).toEqual(before);
  });

  it("where a folder stands in its place", () => {
    mkdirSync(place.path);
    expectNone(place.open(), /EISDIR/);
  });

  it("where there is no directory", () => {
    const directory = join(place.directory, "nowhere");
    expectNone(fileJournal({ directory, environment: ENVIRONMENT })(KEY), /ENOENT/);
  });
});

describe("a journal that can no longer be written is void, with one warning,", () => {
  it("where somebody removed it", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(1), false);
    rmSync(place.directory, { recursive: true });
    journal.write(LIFE, totalsOf(2), false);
    journal.write(LIFE, totalsOf(3), false);
    journal.end(journal.begin("http", false));
    journal.acknowledge(7, 1);
    journal.remove();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/is abandoned: it was removed/);
    expect(existsSync(place.path)).toBe(false);
  });

  it("where the totals are too long for it", () => {
    const journal = place.open()!;
    journal.write(LIFE, totalsOf(1), false);
    journal.write(LIFE, "x".repeat(2 ** 20), false);
    journal.write(LIFE, totalsOf(2), false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/take more than 1048576 bytes: lower maxSeries/);
    expect(existsSync(place.path)).toBe(false);
  });

  it("but not where they are just short enough", () => {
    const journal = place.open()!;
    const totals = "é".repeat(2 ** 19 - 500);
    for (let i = 0; i < 5; i++) journal.write(LIFE, totals, true);
    journal.acknowledge(LIFE.sequence, 1);
    expect(place.reopen()!.restored?.acknowledged?.totals).toBe(totals);
    expect(warnings).toEqual([]);
  });
});

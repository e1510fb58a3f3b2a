import { shared } from "../../../core/test/internals.js";
import { fileJournal } from "@prefreeze/node";
import fs, {
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
import {
  acknowledged,
  ENVIRONMENT,
  KEY,
  LIFE,
  newJournalDirectory,
  type JournalDirectory,
  restoredTotal,
  textOf,
  totalsOf,
  totalsWith,
  valueIn,
} from "./journal-directory.js";

let journalDirectory: JournalDirectory;
let warnings: readonly string[];

beforeEach(() => {
  journalDirectory = newJournalDirectory();
  warnings = collectWarnings();
  shared("warned", new Set()).clear();
});

describe("a journal", () => {
  it("restores nothing if there was no journal", () => {
    const journal = journalDirectory.open()!;
    expect(journal.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("restores nothing, without a warning, if nothing was written", () => {
    journalDirectory.open()!.begin("http", true);
    expect(journalDirectory.reopen()!.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("restores the life that was written", () => {
    journalDirectory.open()!.write({ ...LIFE, inDoubt: true }, totalsOf(3), false);
    expect(journalDirectory.reopen()!.restored).toMatchObject({ ...LIFE, inDoubt: true, died: [] });
    expect(warnings).toEqual([]);
  });

  it("restores the newest life that was written", () => {
    const journal = journalDirectory.open()!;
    for (let sequence = 1; sequence < 50; sequence++) {
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), sequence % 3 === 0);
      if (sequence % 6 === 0) journal.acknowledge(acknowledged(sequence, sequence), true);
    }
    expect(journalDirectory.reopen()!.restored).toMatchObject({ sequence: 49 });
  });

  it("is restored by one process after the other", () => {
    journalDirectory.open()!.write(LIFE, totalsOf(1), true);
    for (let sequence = 8; sequence < 20; sequence++) {
      const journal = journalDirectory.reopen()!;
      expect(journal.restored?.sequence).toBe(sequence - 1);
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), true);
    }
  });

  it("can be opened again after it was removed, and restores nothing", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(1), false);
    journal.remove();
    expect(existsSync(journalDirectory.path)).toBe(false);
    // Later calls do nothing.
    journal.write(LIFE, totalsOf(2), false);
    journal.acknowledge(acknowledged(LIFE.sequence, 1), true);
    journal.end(journal.begin("http", false));
    journal.remove();
    expect(existsSync(journalDirectory.path)).toBe(false);
    expect(journalDirectory.open()!.restored).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("begins if its file is removed by the process that leaves while the next one opens it", () => {
    vi.spyOn(fs, "openSync").mockImplementationOnce(() => {
      throw Object.assign(new Error("there was such a file"), { code: "EEXIST" });
    });
    journalDirectory.open()!.write(LIFE, totalsOf(3), false);
    expect(journalDirectory.reopen()!.restored).toMatchObject(LIFE);
    expect(warnings).toEqual([]);
  });

  it("is accessible to its user alone, whatever the umask and its previous mode", () => {
    const umask = process.umask(0);
    try {
      journalDirectory.open()!.write(LIFE, totalsOf(1), false);
      expect(statSync(journalDirectory.path).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(umask);
    }
    writeFileSync(join(journalDirectory.directory, "open"), "");
    const { path } = journalDirectory;
    rmSync(path);
    writeFileSync(path, "", { mode: 0o644 });
    journalDirectory.open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("accepts totals with any text, encoded as UTF-8", () => {
    const text = `${textOf(1)}# HELP b_total "\\\\ \u2028 ü 😀 \ud800 \u2028# EOF\n# HELP c # EOF\n`;
    const journal = journalDirectory.open()!;
    journal.write(
      { ...LIFE, acknowledged: { totals: text, sequence: 1, atMs: 1 } },
      totalsWith(text),
      true,
    );
    const next = journalDirectory.reopen()!;
    expect(next.restored!.acknowledged?.totals).toBe(Buffer.from(text).toString());
    next.write(next.restored!, totalsWith(text), true);
    next.acknowledge(
      { ...next.restored!, acknowledged: { totals: text, sequence: 2, atMs: 2 } },
      true,
    );
    expect(journalDirectory.reopen()!.restored!.acknowledged).toEqual({
      totals: Buffer.from(text).toString(),
      sequence: 2,
      atMs: 2,
    });
  });

  it("uses little disk space", () => {
    const journal = journalDirectory.open()!;
    for (let i = 0; i < 100; i++) {
      journal.write({ ...LIFE, sequence: i }, totalsOf(i), true);
      if (i % 7 === 0) journal.acknowledge(acknowledged(i, i), true);
    }
    expect(statSync(journalDirectory.path).blocks * 512).toBeLessThan(40_000);
  });
});

describe("an acknowledged snapshot", () => {
  const acknowledgedIn = (journal: ReturnType<JournalDirectory["open"]>) => {
    const { acknowledged } = journal!.restored!;
    return acknowledged && [valueIn(acknowledged.totals), acknowledged.sequence, acknowledged.atMs];
  };

  it("is restored with its own totals, however often the journal was written since", () => {
    const journal = journalDirectory.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), true);
    journal.acknowledge(acknowledged(8, 1_700_000_000_000), true);
    for (let more = 0; more < 20; more++) {
      journal.write({ ...LIFE, sequence: 8 }, totalsOf(9 + more), false);
    }
    journal.write({ ...LIFE, sequence: 9, inDoubt: true }, totalsOf(30), true);
    for (let more = 0; more < 20; more++) {
      journal.write({ ...LIFE, sequence: 9, inDoubt: true }, totalsOf(31 + more), false);
    }
    const reopened = journalDirectory.reopen();
    expect(reopened!.restored).toMatchObject({ sequence: 9, inDoubt: true });
    expect(acknowledgedIn(reopened)).toEqual([8, 8, 1_700_000_000_000]);
  });

  it("is the one that was pushed, not a state written while the push was in flight", () => {
    const journal = journalDirectory.open()!;
    journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsOf(8), true);
    for (let more = 0; more < 9; more++) {
      journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsOf(9 + more), false);
    }
    journal.acknowledge(acknowledged(8, 5), true);
    const reopened = journalDirectory.reopen();
    expect(acknowledgedIn(reopened)).toEqual([8, 8, 5]);
    expect(restoredTotal(reopened!.restored!)).toBe(17);
    // The push was acknowledged, so it is no longer in doubt.
    expect(reopened!.restored?.inDoubt).toBe(false);
  });

  it("is kept when all totals are written again, by this process or the next ones", () => {
    const journal = journalDirectory.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), true);
    journal.acknowledge(acknowledged(8, 5), true);
    const again = {
      ...LIFE,
      sequence: 8,
      acknowledged: { totals: textOf(8), sequence: 8, atMs: 5 },
    };
    for (let value = 9; value < 12; value++)
      journal.write(again, totalsWith(textOf(value), true), false);
    for (let process = 0; process < 6; process++) {
      const next = journalDirectory.reopen()!;
      expect(acknowledgedIn(next)).toEqual([8, 8, 5]);
      const life = { ...next.restored!, sequence: 9 + process };
      next.write(life, totalsOf(12 + process), true);
      next.write(life, totalsOf(13 + process), false);
    }
  });

  it("is replaced by a newer one, in the same process or the next", () => {
    let journal = journalDirectory.open()!;
    for (let sequence = 8; sequence < 20; sequence++) {
      journal.write({ ...LIFE, sequence }, totalsOf(sequence), true);
      journal.acknowledge(acknowledged(sequence, sequence), true);
      if (sequence % 3 === 0) journal = journalDirectory.reopen()!;
    }
    expect(acknowledgedIn(journalDirectory.reopen())).toEqual([19, 19, 19]);
  });

  it("is written in full if all totals were written while its push was in flight", () => {
    const journal = journalDirectory.open()!;
    journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsOf(8), true);
    journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsWith(textOf(9), true), false);
    journal.acknowledge(acknowledged(8, 5), true);
    const reopened = journalDirectory.reopen();
    expect(acknowledgedIn(reopened)).toEqual([8, 8, 5]);
    expect(reopened!.restored!.inDoubt).toBe(false);
    expect(restoredTotal(reopened!.restored!)).toBe(9);
  });

  it("is written in full if its push went without some totals", () => {
    const journal = journalDirectory.open()!;
    journal.write({ ...LIFE, sequence: 8, inDoubt: true }, totalsOf(8), true);
    journal.acknowledge(acknowledged(8, 5, 3), false);
    const reopened = journalDirectory.reopen();
    expect(acknowledgedIn(reopened)).toEqual([3, 8, 5]);
    expect(restoredTotal(reopened!.restored!)).toBe(8);
  });

  it("is undefined if its life is over", () => {
    const journal = journalDirectory.open()!;
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(8), true);
    journal.acknowledge(acknowledged(8, 5), true);
    journal.write({ ...LIFE, sequence: 9 }, totalsOf(9), true);
    journal.write({ ...LIFE, id: "another", sequence: 0 }, totalsOf(1), false);
    // The acknowledgement comes late.
    journal.acknowledge(acknowledged(9, 6), true);
    const { restored } = journalDirectory.reopen()!;
    expect(restored).toMatchObject({ id: "another", acknowledged: undefined });
  });
});

describe("a journal that cannot be restored starts a new life, with one warning:", () => {
  const written = () => {
    journalDirectory.open()!.write(LIFE, totalsOf(3), false);
    return readFileSync(journalDirectory.path);
  };
  const expectNewLife = (journal: ReturnType<JournalDirectory["open"]>, warning: RegExp) => {
    expect(journal?.restored).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
    expect(warnings[0]).toContain(journalDirectory.path);
    // The new journal works.
    journal!.write({ ...LIFE, id: "new" }, totalsOf(1), false);
    expect(journalDirectory.reopen()!.restored).toMatchObject({ id: "new", died: [] });
    expect(warnings).toHaveLength(1);
  };

  it.each([
    ["environment", KEY, "another stream"],
    ["gateway", { ...KEY, urls: ["http://elsewhere:9091"] }, ENVIRONMENT],
    ["job", { ...KEY, job: "other" }, ENVIRONMENT],
    ["grouping", { ...KEY, grouping: { stage: "dev" } }, ENVIRONMENT],
    ["set of constant labels", { ...KEY, labels: { team: "shop" } }, ENVIRONMENT],
  ])("one of another %s", (_, key, environment) => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(3), false);
    journal.begin("http", false);
    const opened = journalDirectory.reopen(key, environment);
    expect(opened?.restored).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /is ignored, because it belongs to another environment, gateway, job or set of labels; starting from zero/,
    );
    opened!.write({ ...LIFE, id: "new" }, totalsOf(1), false);
    expect(journalDirectory.reopen(key, environment)!.restored).toMatchObject({
      id: "new",
      died: [],
    });
  });

  it("one with a wrong bit", () => {
    const file = written();
    file[32_768 + 100]! ^= 1;
    writeFileSync(journalDirectory.path, file);
    expectNewLife(journalDirectory.reopen(), /is damaged/);
  });

  it("one that was truncated", () => {
    written();
    truncateSync(journalDirectory.path, 32_768 + 50);
    expectNewLife(journalDirectory.reopen(), /is damaged/);
  });

  it("one of the previous version", () => {
    const file = written();
    file.write("prefreeze journal 1\n");
    writeFileSync(journalDirectory.path, file);
    expectNewLife(journalDirectory.reopen(), /has another version/);
  });

  it("one of a newer version", () => {
    const file = written();
    file.write("prefreeze journal 3\n");
    writeFileSync(journalDirectory.path, file);
    expectNewLife(journalDirectory.reopen(), /has another version/);
  });

  it("a file that is not a journal", () => {
    writeFileSync(journalDirectory.path, "something else");
    expectNewLife(journalDirectory.open(), /it is damaged or has another version/);
  });
});

describe("there is no journal, and one warning says what to do,", () => {
  const expectNone = (journal: ReturnType<JournalDirectory["open"]>, warning: RegExp) => {
    expect(journal!.abandoned).toMatch(warning);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
    expect(warnings[0]).toMatch(/totals not pushed before a crash will be lost/);
  };

  it("if this process has it open already", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(1), false);
    expectNone(
      journalDirectory.open(),
      /is in use by another process: give each process its own directory/,
    );
    // The first one keeps working.
    journal.write({ ...LIFE, sequence: 8 }, totalsOf(2), false);
    expect(journalDirectory.reopen()!.restored?.sequence).toBe(8);
  });

  it("if its path is a symbolic link", () => {
    const elsewhere = join(journalDirectory.directory, "elsewhere");
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, journalDirectory.path);
    expectNone(journalDirectory.open(), /ELOOP/);
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("if its file has another name, too", () => {
    const elsewhere = join(journalDirectory.directory, "elsewhere");
    writeFileSync(elsewhere, "precious");
    linkSync(elsewhere, journalDirectory.path);
    expectNone(journalDirectory.open(), /it is not a plain file of this user alone, so remove it/);
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("if its file belongs to another user", () => {
    journalDirectory.open()!.write(LIFE, totalsOf(1), false);
    const before = readFileSync(journalDirectory.path);
    // Only root could change the file's owner, so the process pretends to be another user.
    const { uid } = statSync(journalDirectory.path);
    const spy = vi.spyOn(process, "geteuid").mockReturnValue(uid + 1);
    try {
      expectNone(
        journalDirectory.open(),
        /it is not a plain file of this user alone, so remove it/,
      );
    } finally {
      spy.mockRestore();
    }
    expect(readFileSync(journalDirectory.path)).toEqual(before);
  });

  it("if its path is a directory", () => {
    mkdirSync(journalDirectory.path);
    expectNone(journalDirectory.open(), /EISDIR/);
  });

  it("if its directory does not exist", () => {
    const directory = join(journalDirectory.directory, "nowhere");
    expectNone(fileJournal({ directory, environment: ENVIRONMENT })(KEY), /ENOENT/);
  });
});

describe("a journal that can no longer be written is abandoned, with one warning,", () => {
  it("if its file was removed", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(1), false);
    rmSync(journalDirectory.directory, { recursive: true });
    journal.write(LIFE, totalsOf(2), false);
    journal.write(LIFE, totalsOf(3), false);
    journal.end(journal.begin("http", false));
    journal.acknowledge(acknowledged(LIFE.sequence, 1), true);
    journal.remove();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/is abandoned: it was removed/);
    expect(existsSync(journalDirectory.path)).toBe(false);
  });

  it("if the totals are too long", () => {
    const journal = journalDirectory.open()!;
    journal.write(LIFE, totalsOf(1), false);
    journal.write(LIFE, totalsWith("x".repeat(2 ** 20 + 1)), false);
    journal.write(LIFE, totalsOf(2), false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/take more than 1048576 bytes: lower maxSeries/);
    expect(existsSync(journalDirectory.path)).toBe(false);
  });

  it("but not if they are just short enough, however often they change", () => {
    let journal = journalDirectory.open()!;
    const line = `# ${"é".repeat(2 ** 19 - 2)}\n`;
    let life = LIFE;
    for (let round = 0; round < 5; round++) {
      journal.write(life, totalsWith(line, true), true);
      for (let i = 0; i < 5; i++) journal.write(life, totalsWith(line), true);
      journal.acknowledge({ ...life, acknowledged: { totals: line, sequence: 1, atMs: 1 } }, true);
      const { restored } = (journal = journalDirectory.reopen()!);
      const lines = restored!.acknowledged!.totals.split(line);
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.every((rest) => rest === "")).toBe(true);
      life = restored!;
    }
    expect(warnings).toEqual([]);
  });
});

import type {
  Journal,
  JournalKey,
  RestoredLife,
  Totals,
  WrittenLife,
} from "@prefreeze/core/adapter";
import { fileJournal } from "@prefreeze/node";
import fs, {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { catalog } from "../../../core/test/internals.js";
import { LOG_BYTES, LOGS_AT, OWNER_AT } from "../../src/journal/layout.js";

export const KEY: JournalKey = {
  urls: ["http://pushgateway.internal:9091"],
  job: "checkout",
  grouping: { stage: "prod" },
};

export const LIFE: WrittenLife = {
  id: "3dd65d12-5b1f6e0c-9a42-4e1b-8a51",
  url: "http://pushgateway.internal:9091",
  sequence: 7,
  startedAtMs: 1_764_000_000_000,
  inDoubt: false,
  acknowledged: undefined,
};

export const ENVIRONMENT = "2026/11/23/[$LATEST]3dd65d12";

/** A directory that outlives its simulated processes and is removed when the test ends. */
export interface JournalDirectory {
  readonly directory: string;
  /** The path of this thread's journal. */
  readonly path: string;
  open(key?: JournalKey, environment?: string): Journal | undefined;
  /** Simulates the death of the process that has the journal open. */
  abandon(): void;
  /** Opens the journal as the next process would, after the death of this one. */
  reopen(key?: JournalKey, environment?: string): Journal | undefined;
}

export function newJournalDirectory(): JournalDirectory {
  const directory = mkdtempSync(join(tmpdir(), "prefreeze-journal-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "prefreeze-1-0");
  let journal: Journal | undefined;
  const open: JournalDirectory["open"] = (key = KEY, environment = ENVIRONMENT) => {
    const opened = fileJournal({ directory, environment })(key);
    journal = opened ?? journal;
    return opened;
  };
  const abandon = () => {
    if (!existsSync(path)) return;
    const { ftruncateSync, unlinkSync } = fs;
    const nothing = () => undefined;
    // Closes the file and leaves it as it is, as the end of the process would.
    Object.assign(fs, { ftruncateSync: nothing, unlinkSync: nothing });
    journal?.remove();
    Object.assign(fs, { ftruncateSync, unlinkSync });
    orphan(path);
  };
  return {
    directory,
    path,
    open,
    abandon,
    reopen(key, environment) {
      abandon();
      return open(key, environment);
    },
  };
}

const PAGE = Buffer.alloc(4_096);

/** Writes the file without its empty pages: most of a journal is a hole. */
function putFile(path: string, file: Buffer): void {
  const fd = openSync(path, "w", 0o600);
  ftruncateSync(fd, file.length);
  for (let at = 0; at < file.length; at += PAGE.length) {
    const page = file.subarray(at, at + PAGE.length);
    if (!page.equals(PAGE)) writeSync(fd, page, 0, page.length, at);
  }
  closeSync(fd);
}

const SECOND_LOG_AT = LOGS_AT + LOG_BYTES;
/** More than the logs of these tests take. */
const WINDOW_BYTES = 65_536;

/** The parts of a journal's file that a test uses, one after the other: up to its first log, and the second one. */
export function readParts(path: string): Buffer {
  const parts = Buffer.alloc(LOGS_AT + 2 * WINDOW_BYTES);
  const fd = openSync(path, "r");
  readSync(fd, parts, 0, LOGS_AT + WINDOW_BYTES, 0);
  readSync(fd, parts, LOGS_AT + WINDOW_BYTES, WINDOW_BYTES, SECOND_LOG_AT);
  closeSync(fd);
  return parts;
}

/** Writes these parts as a journal's file, as if its owner were dead. */
export function putParts(path: string, parts: Buffer): void {
  putOrphaned(path, parts.subarray(0, LOGS_AT + WINDOW_BYTES));
  const second = parts.subarray(LOGS_AT + WINDOW_BYTES);
  const end = second.findLastIndex((byte) => byte !== 0) + 1;
  if (end === 0) return;
  const fd = openSync(path, "r+");
  writeSync(fd, second, 0, end, SECOND_LOG_AT);
  closeSync(fd);
}

/** Writes the file as if its owner were dead: the owner is this process, which lives on. */
function putOrphaned(path: string, file: Buffer): void {
  putFile(path, file);
  if (file.length > OWNER_AT) orphan(path);
}

function orphan(path: string): void {
  const fd = openSync(path, "r+");
  writeSync(fd, Buffer.alloc(16), 0, 16, OWNER_AT);
  closeSync(fd);
}

/** The life when the push with this sequence number, of the counter with this value, is acknowledged. */
export function acknowledged(sequence: number, atMs: number, value = sequence): WrittenLife {
  return { ...LIFE, sequence, acknowledged: { totals: textOf(value), sequence, atMs } };
}

/** A counter in the text format. */
export function textOf(value: number): string {
  return `# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total ${value}\n`;
}

/** Totals of one counter, which has changed. */
export function totalsOf(value: number): Totals {
  return totalsWith(textOf(value));
}

/** @param isNew nobody knows what has changed, so all totals are written */
export function totalsWith(text: string, isNew = false): Totals {
  return { changed: () => (isNew ? undefined : text), all: () => text };
}

/** The value of the counter in a text that may have several, the newest last. */
export function valueIn(text: string | undefined): number {
  return Number(text?.match(/(?<=^orders_total )\d+$/gm)?.at(-1));
}

/** The value to which the counter is restored in an otherwise empty process; undefined if it is not. */
export function restoredTotal(restored: RestoredLife): number | undefined {
  catalog.metrics.clear();
  Object.assign(catalog, { seriesCount: 0, bytes: 0 });
  restored.addTotals();
  const [series] = catalog.metrics.get("orders_total")?.series.values() ?? [];
  return series?.total?.value;
}

import {
  addTotals,
  createLifeWriter,
  dropRedefined,
  type Journal,
  type JournalKey,
  type OpenJournal,
  reasonOf,
  warnOnce,
} from "@prefreeze/core/adapter";
import { createInFlightEntries } from "./in-flight-entries.js";
import { type JournalFile, openJournalFile } from "./journal-file.js";
import { FIRST_LINE } from "./layout.js";
import { createLogWriter } from "./log-writer.js";
import { isOwned, own } from "./owner.js";
import { readNewestState, type State } from "./read-log.js";

/** Where a journal is kept, and which environment it belongs to. */
export interface FileJournalOptions {
  /** A directory that outlives the process and belongs to its environment alone: `os.tmpdir()` on Lambda. */
  readonly directory: string;
  /** Identifies the environment. A journal that another environment left is ignored. */
  readonly environment: string;
}

/**
 * Keeps a journal in the file `prefreeze-1-THREAD` of a directory, one file per thread.
 *
 * It costs tens of microseconds per invocation, even with thousands of series: only what has changed is written,
 * and all totals now and then. Nothing is synced to the disk, so the journal outlives the process, not the
 * machine. If it cannot work, it warns once.
 */
export function fileJournal({ directory, environment }: FileJournalOptions): OpenJournal {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  const path = `${directory}/prefreeze-1-${threadId}`;
  return ({ urls, job, grouping, labels = {} }: JournalKey): Journal => {
    const identity = { environment, urls, job, grouping };
    // Journals that were written without constant labels stay as they are.
    if (Object.keys(labels).length > 0) Object.assign(identity, { labels });
    let file: JournalFile | undefined;
    let abandoned: string | undefined;
    const attempt = <R>(work: () => R, what = "is abandoned") => {
      if (abandoned !== undefined) return undefined;
      try {
        return work();
      } catch (error) {
        abandoned = reasonOf(error);
        file?.discard();
        warnOnce(
          "journal",
          `journal ${path} ${what}: ${abandoned}; totals not pushed before a crash will be lost`,
        );
        return undefined;
      }
    };
    const opened = attempt(() => {
      const found = openJournalFile(path);
      if (!found.isNew && isOwned(found)) {
        found.close();
        throw new Error("it is in use by another process: give each process its own directory");
      }
      file = found;
      const left = stateIn(found, identity);
      const entries = createInFlightEntries(found, left);
      const writer = createLogWriter(found, identity, left);
      own(found);
      return { left, entries, writer };
    }, "cannot be opened");
    const { left, entries, writer } = opened ?? {};

    return {
      restored: left && {
        ...left,
        addTotals: () => {
          addTotals(left.totals);
        },
        dropRedefined,
        died: entries!.died,
      },
      lifeWriter: createLifeWriter,
      get abandoned() {
        return abandoned;
      },
      begin: (trigger, coldStart) => attempt(() => entries!.begin(trigger, coldStart)) ?? 0,
      end(entry) {
        entries?.end(entry);
      },
      write(life, totals, pushing) {
        attempt(() => {
          file!.expectInPlace();
          writer!.write(life, entries!.settled(), totals, pushing);
          entries!.free();
        });
      },
      acknowledge(life, whole) {
        attempt(() => {
          writer!.acknowledge(life, whole);
        });
      },
      remove() {
        if (abandoned === undefined) file?.discard();
        abandoned ??= "the life is over";
      },
    };
  };
}

/** Reads the state to continue with. If there is none, empties the file. @throws Error if a write fails */
function stateIn(file: JournalFile, identity: object): State | undefined {
  if (file.isNew) return begun(file);
  try {
    const firstLine = file.read(0, FIRST_LINE.length).toString("latin1");
    if (firstLine && firstLine !== FIRST_LINE)
      throw new Error("it is damaged or has another version");
    const state = readNewestState(file);
    if (state && JSON.stringify(state.identity) !== JSON.stringify(identity))
      throw new Error("it belongs to another environment, gateway, job or set of labels");
    if (state) return state;
  } catch (error) {
    warnOnce(
      "journal ignored",
      `journal ${file.path} is ignored, because ${reasonOf(error)}; starting from zero with a new instance id`,
    );
  }
  file.clear();
  return begun(file);
}

/** Begins an empty file. @throws Error if the write fails */
function begun(file: JournalFile): undefined {
  file.write(Buffer.from(FIRST_LINE), 0);
}

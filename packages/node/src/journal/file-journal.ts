import {
  addTotals,
  type Journal,
  type OpenJournal,
  reasonOf,
  warnOnce,
} from "@prefreeze/core/adapter";
import { createInFlightEntries } from "./in-flight-entries.js";
import { type JournalFile, openJournalFile } from "./journal-file.js";
import { FIRST_LINE } from "./layout.js";
import { isOwned, own } from "./owner.js";
import { createLogWriter } from "./log-writer.js";
import { readNewestState, type State } from "./read-log.js";

/** Where a journal is kept, and which environment it belongs to. */
export interface FileJournalOptions {
  /** A directory that outlives the process and belongs to its environment alone: `os.tmpdir()` on Lambda. */
  readonly directory: string;
  /** Identifies the environment. A journal that another environment left is ignored. */
  readonly environment: string;
}

const CRASH_LOSES = "totals not pushed before a crash will be lost";

/**
 * Keeps a journal in the file `prefreeze-1-THREAD` of a directory, one file per thread.
 *
 * It costs a few microseconds per invocation and some tens of microseconds per write. Nothing is synced to
 * the disk, so the journal outlives the process, not the machine. If it cannot work, it warns once.
 */
export function fileJournal({ directory, environment }: FileJournalOptions): OpenJournal {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  const path = `${directory}/prefreeze-1-${threadId}`;
  return ({ urls, job, grouping }) => {
    let file: JournalFile | undefined;
    try {
      file = openJournalFile(path);
      if (!isOwned(file)) return openJournal(file, { environment, urls, job, grouping });
      file.close();
      warn(path, "is in use by another process: give each process its own directory");
    } catch (error) {
      file?.discard();
      warn(path, `cannot be opened: ${reasonOf(error)}`);
    }
    return undefined;
  };
}

/** @throws Error if the file cannot be read or written */
function openJournal(file: JournalFile, identity: object): Journal {
  const left = stateIn(file, identity);
  const entries = createInFlightEntries(file, left);
  const writer = createLogWriter(file, identity, left);
  own(file);

  let abandoned: string | undefined;
  const unlessAbandoned = (work: () => void) => {
    if (abandoned !== undefined) return;
    try {
      work();
    } catch (error) {
      abandoned = reasonOf(error);
      file.discard();
      warn(file.path, `is abandoned: ${abandoned}`);
    }
  };

  return {
    restored: left && {
      ...left,
      addTotals: () => {
        addTotals(left.totals);
      },
      died: entries.died,
    },
    get abandoned() {
      return abandoned;
    },
    begin(trigger, coldStart) {
      let entry = 0;
      unlessAbandoned(() => (entry = entries.begin(trigger, coldStart)));
      return entry;
    },
    end(entry) {
      entries.end(entry);
    },
    write(life, totals, pushing) {
      unlessAbandoned(() => {
        file.expectInPlace();
        writer.write(life, entries.settled(), totals, pushing);
        entries.free();
      });
    },
    acknowledge(life) {
      unlessAbandoned(() => {
        writer.acknowledge(life);
      });
    },
    remove() {
      if (abandoned === undefined) file.discard();
      abandoned ??= "the life is over";
    },
  };
}

/** Reads the state to continue with. If there is none, empties the file. @throws Error if a write fails */
function stateIn(file: JournalFile, identity: object): State | undefined {
  try {
    const firstLine = file.read(0, FIRST_LINE.length).toString("latin1");
    if (firstLine && firstLine !== FIRST_LINE)
      throw new Error("it is damaged or has another version");
    const state = readNewestState(file);
    if (state && JSON.stringify(state.identity) !== JSON.stringify(identity))
      throw new Error("it belongs to another environment, gateway, job or grouping");
    if (state) return state;
  } catch (error) {
    warnOnce(
      "journal ignored",
      `journal ${file.path} is ignored, because ${reasonOf(error)}; starting from zero with a new instance id`,
    );
  }
  file.clear();
  file.write(Buffer.from(FIRST_LINE), 0);
  return undefined;
}

function warn(path: string, what: string): void {
  warnOnce("journal", `journal ${path} ${what}; ${CRASH_LOSES}`);
}

import {
  addTotals,
  type Journal,
  type JournalKey,
  type OpenJournal,
  reasonOf,
  type RestoredLife,
  warnOnce,
} from "@prefreeze/core/adapter";
import { createInFlightEntries } from "./in-flight-entries.js";
import { type JournalFile, openJournalFile } from "./journal-file.js";
import { FIRST_LINE } from "./layout.js";
import { isOwned, own } from "./owner.js";
import { createStateWriter } from "./state-writer.js";
import { readStates, type States } from "./states.js";

/** Where a journal is kept, and which environment it belongs to. */
export interface FileJournalOptions {
  /** A directory that outlives the process and belongs to its environment alone: `os.tmpdir()` on Lambda. */
  readonly directory: string;
  /** Identifies the environment. A journal that another environment left is ignored. */
  readonly environment: string;
}

const CRASH_LOSES = "totals not pushed before a crash will be lost";
const NOTHING: States = { newest: undefined, acknowledged: undefined, spare: 0 };

/**
 * Keeps a journal in the file `prefreeze-1-THREAD` of a directory, one file per thread.
 *
 * It costs a few microseconds per invocation and some tens of microseconds per write. Nothing is synced to
 * the disk, so the journal outlives the process, not the machine. If it cannot work, it warns once.
 */
export function fileJournal({ directory, environment }: FileJournalOptions): OpenJournal {
  const { threadId } = process.getBuiltinModule("node:worker_threads");
  const path = `${directory}/prefreeze-1-${threadId}`;
  return (key) => {
    let file: JournalFile | undefined;
    try {
      file = openJournalFile(path);
      if (!isOwned(file)) return openJournal(file, identityOf(environment, key));
      file.close();
      warn(path, "is in use by another process: give each process its own directory");
    } catch (error) {
      file?.discard();
      warn(path, `cannot be opened: ${reasonOf(error)}`);
    }
    return undefined;
  };
}

function identityOf(environment: string, { urls, job, grouping }: JournalKey): string {
  return JSON.stringify({ environment, urls, job, grouping });
}

/** @throws Error if the file cannot be read or written */
function openJournal(file: JournalFile, identity: string): Journal {
  const states = statesIn(file, identity);
  const { newest, acknowledged } = states;
  const entries = createInFlightEntries(file, newest?.life);
  const writer = createStateWriter(file, identity, states);
  own(file);

  let open = true;
  const whileOpen = (work: () => void) => {
    if (!open) return;
    try {
      work();
    } catch (error) {
      open = false;
      file.discard();
      warn(file.path, `is abandoned: ${reasonOf(error)}`);
    }
  };

  return {
    restored: newest && {
      ...lifeOf(states),
      addTotals: () => {
        addTotals(newest.totals);
      },
      acknowledged,
      died: entries.died,
    },
    begin(trigger, coldStart) {
      let entry = 0;
      whileOpen(() => (entry = entries.begin(trigger, coldStart)));
      return entry;
    },
    end(entry) {
      entries.end(entry);
    },
    write(life, totals, pushing) {
      whileOpen(() => {
        file.expectInPlace();
        writer.write(life, entries.settled(), totals, pushing);
        entries.free();
      });
    },
    acknowledge(sequence, atMs) {
      whileOpen(() => {
        writer.acknowledge(sequence, atMs);
      });
    },
    remove() {
      if (open) file.discard();
      open = false;
    },
  };
}

/** Reads the states to continue with. If there are none, empties the file. @throws Error if a write fails */
function statesIn(file: JournalFile, identity: string): States {
  let states = NOTHING;
  try {
    const firstLine = file.read(0, FIRST_LINE.length).toString("latin1");
    if (firstLine && firstLine !== FIRST_LINE)
      throw new Error("it is damaged or has another version");
    states = readStates(file);
    if (states.newest && states.newest.identity !== identity)
      throw new Error("it belongs to another environment, gateway, job or grouping");
    if (states.newest) return states;
  } catch (error) {
    warnOnce(
      "journal ignored",
      `journal ${file.path} is ignored, because ${reasonOf(error)}; starting from zero with a new instance id`,
    );
  }
  file.clear();
  file.write(Buffer.from(FIRST_LINE), 0);
  return NOTHING;
}

/** The life is not in doubt if its newest push was acknowledged after all. */
function lifeOf({
  newest,
  acknowledged,
}: States): Omit<RestoredLife, "addTotals" | "acknowledged" | "died"> {
  const { id, url, sequence, inDoubt } = newest!.life;
  return { id, url, sequence, inDoubt: inDoubt && acknowledged?.life.sequence !== sequence };
}

function warn(path: string, what: string): void {
  warnOnce("journal", `journal ${path} ${what}; ${CRASH_LOSES}`);
}

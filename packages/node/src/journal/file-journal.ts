import {
  type Journal,
  type JournalKey,
  type OpenJournal,
  type RestoredLife,
  warnOnce,
} from "@prefreeze/core/adapter";
import { addTotals } from "./add-totals.js";
import { type JournalFile, openJournalFile } from "./journal-file.js";
import { FIRST_LINE } from "./layout.js";
import { createMarks } from "./marks.js";
import { isOwned, own } from "./owner.js";
import { createStateWriter } from "./state-writer.js";
import { readStates, type States } from "./states.js";

/** Where a journal is kept, and for whom. */
export interface FileJournalOptions {
  /** It outlives the process and is its environment's own: `os.tmpdir()` on Lambda. */
  readonly directory: string;
  /** Tells this environment from all others; what another has left is not gone on with. */
  readonly environment: string;
}

const UNPUSHED_IS_LOST = "what is not pushed when this process dies is lost";
const NOTHING: States = { newest: undefined, acknowledged: undefined, spare: 0 };

/**
 * Keeps a journal in a file, `prefreeze-1-` and the id of the thread.
 *
 * It costs a few microseconds an invocation and some tens a write; nothing is synced to the disk, so it
 * outlives the process, not the machine. Of what keeps it from working, one warning tells.
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
      warn(
        path,
        `a process that runs has it: give each a directory of its own; ${UNPUSHED_IS_LOST}`,
      );
    } catch (error) {
      file?.discard();
      warn(path, `${reasonOf(error)}; ${UNPUSHED_IS_LOST}`);
    }
    return undefined;
  };
}

function identityOf(environment: string, { urls, job, grouping }: JournalKey): string {
  return JSON.stringify({ environment, urls, job, grouping });
}

/** @throws Error */
function openJournal(file: JournalFile, identity: string): Journal {
  const states = statesFor(file, identity);
  const { newest, acknowledged } = states;
  const marks = createMarks(file, newest?.life);
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
      warn(file.path, `${reasonOf(error)}; ${UNPUSHED_IS_LOST}`);
    }
  };

  return {
    restored: newest && {
      ...lifeOf(states),
      addTotals: () => {
        addTotals(newest.totals);
      },
      acknowledged,
      died: marks.died,
    },
    begin(trigger, coldStart) {
      let mark = 0;
      whileOpen(() => (mark = marks.begin(trigger, coldStart)));
      return mark;
    },
    end(mark) {
      marks.end(mark);
    },
    write(life, totals, pushing) {
      whileOpen(() => {
        file.expectInPlace();
        writer.write(life, marks.settled(), totals, pushing);
        marks.free();
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

/** What can be gone on with; where it cannot, the file is begun anew. @throws Error */
function statesFor(file: JournalFile, identity: string): States {
  let states = NOTHING;
  try {
    const firstLine = file.read(0, FIRST_LINE.length).toString("latin1");
    if (firstLine && firstLine !== FIRST_LINE) throw new Error("is damaged, or of another version");
    states = readStates(file);
    if (states.newest && states.newest.identity !== identity)
      throw new Error("belongs to another environment, target, job or grouping");
    if (states.newest) return states;
  } catch (error) {
    warnOnce(
      "journal ignored",
      `journal ${file.path}: it ${reasonOf(error)}: ignored, the totals start anew under another id`,
    );
  }
  file.clear();
  file.write(Buffer.from(FIRST_LINE), 0);
  return NOTHING;
}

/** A push that has landed after all is clear. */
function lifeOf({
  newest,
  acknowledged,
}: States): Omit<RestoredLife, "addTotals" | "acknowledged" | "died"> {
  const { id, url, sequence, unclear } = newest!.life;
  return { id, url, sequence, unclear: unclear && acknowledged?.life.sequence !== sequence };
}

function warn(path: string, what: string): void {
  warnOnce("journal", `journal ${path}: ${what}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

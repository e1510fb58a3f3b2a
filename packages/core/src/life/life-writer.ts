import { changesInTextFormat } from "../exposition/text-format.js";
import { catalog, redefined } from "../metrics/catalog.js";
import type { Journal, LifeWriter, Totals, WrittenLife } from "./journal.js";
import { snapshot } from "./totals.js";

/** The totals of this process as a journal reads them. */
const totals: Totals = {
  changed() {
    // Nobody takes the list until all is written.
    if (redefined.length > 0) catalog.changed = undefined;
    return redefined.length > 0 ? undefined : changesInTextFormat();
  },
  all: () => snapshot(),
};

/** Creates what writes the lives of this process to its journal. */
export function createLifeWriter(journal: Journal, currentLife: () => WrittenLife): LifeWriter {
  let written = -1;

  function write(pushing: boolean): void {
    written = catalog.version;
    if (journal.abandoned === undefined) journal.write(currentLife(), totals, pushing);
    else catalog.changed = undefined;
  }

  function persist(): void {
    if (written !== catalog.version) write(false);
  }

  return {
    begin(trigger, coldStart) {
      // An in-flight entry needs a life that it belongs to.
      if (written < 0) persist();
      return journal.begin(trigger, coldStart);
    },
    // Even if all totals are written: only from now on is the life in doubt.
    pushing: () => write(true),
    notApplied: () => write(false),
    persist,
  };
}

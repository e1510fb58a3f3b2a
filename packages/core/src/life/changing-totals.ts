import { changesInTextFormat } from "../exposition/text-format.js";
import { catalog, redefined } from "../metrics/catalog.js";
import type { Totals } from "./journal.js";
import { snapshot } from "./totals.js";

/** The totals of this process as a journal reads them. */
export const changingTotals: Totals = {
  changed() {
    // Nobody takes the list until all is written.
    if (redefined.length > 0) catalog.changed = undefined;
    return redefined.length > 0 ? undefined : changesInTextFormat();
  },
  all: () => snapshot(),
};

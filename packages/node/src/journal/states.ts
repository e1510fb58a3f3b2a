import type { JournalLife } from "@prefreeze/core/adapter";
import type { JournalFile } from "./journal-file.js";
import {
  ACKNOWLEDGEMENT_BYTES,
  ACKNOWLEDGEMENTS_AT,
  SLOT_BYTES,
  SLOT_COUNT,
  SLOT_HEAD_BYTES,
  SLOTS_AT,
} from "./layout.js";
import type { Settled } from "./in-flight-entries.js";
import { isSealed } from "./sealed.js";

/** A life and its totals, written together. */
export interface State {
  readonly slot: number;
  /** Rises with every write. */
  readonly count: number;
  /** The environment, gateways, job and grouping that the journal belongs to. */
  readonly identity: string;
  readonly life: JournalLife & Settled;
  readonly totals: string;
}

/** The states in a file. */
export interface States {
  readonly newest: State | undefined;
  readonly acknowledged: (State & { readonly atMs: number }) | undefined;
  /** The index of the acknowledgement that is out of date. */
  readonly spare: number;
}

/** @throws Error if there are states and none of them is whole */
export function readStates(file: JournalFile): States {
  let written = 0;
  const states: State[] = [];
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    const at = SLOTS_AT + slot * SLOT_BYTES;
    const head = file.read(at, SLOT_HEAD_BYTES);
    if (head.every((byte) => byte === 0)) continue;
    written++;
    // With a wrong length, the record does not match its checksum.
    const length = head.length < 8 ? 0 : Math.min(head.readUInt32LE(4), SLOT_BYTES);
    const record = file.read(at, length);
    if (record.length === length && isSealed(record)) states.push(parseState(slot, record));
  }
  if (written > 0 && states.length === 0) throw new Error("it is damaged");
  states.sort((a, b) => b.count - a.count);
  const [newest] = states;
  let acknowledged: States["acknowledged"];
  let spare = 0;
  for (const [i, at] of ACKNOWLEDGEMENTS_AT.entries()) {
    const record = file.read(at, ACKNOWLEDGEMENT_BYTES);
    if (!isSealed(record)) continue;
    const count = record.readDoubleLE(8);
    // The acknowledgement of another life says nothing about this one.
    const state = states.find((each) => each.count === count && each.life.id === newest?.life.id);
    if (!state || count < (acknowledged?.count ?? 0)) continue;
    acknowledged = { ...state, atMs: record.readDoubleLE(16) };
    spare = 1 - i;
  }
  return { newest, acknowledged, spare };
}

function parseState(slot: number, record: Buffer): State {
  const [identity, life, ...totals] = record.toString("utf8", SLOT_HEAD_BYTES).split("\n");
  return {
    slot,
    count: record.readDoubleLE(8),
    identity: identity!,
    life: JSON.parse(life!) as State["life"],
    totals: totals.join("\n"),
  };
}

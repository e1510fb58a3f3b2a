// Where everything is in a journal's file, in bytes. All numbers in it are little-endian. See JOURNAL.md.

/** The first line; its number rises when a reader of the old format would misread the new one. */
export const FIRST_LINE = "prefreeze journal 1\n";

export const OWNER_AT = 32;
/** Two, taken in turns, so that one that arrives torn leaves the other. */
export const ACKNOWLEDGEMENTS_AT = [64, 96];
export const ACKNOWLEDGEMENT_BYTES = 24;
export const MARKS_AT = 4_096;
export const MARK_COUNT = 1_024;
export const MARK_BYTES = 16;
/** One slot each for the newest state, the one that is written, is pushed, and was acknowledged. */
export const SLOTS_AT = 32_768;
export const SLOT_COUNT = 4;
export const SLOT_BYTES = 2 ** 20;
/** Of a slot, before its text: checksum, length, number of the write. */
export const SLOT_HEAD_BYTES = 16;

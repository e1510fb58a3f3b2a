// The layout of a journal's file, in bytes. All numbers in it are little-endian. See JOURNAL.md.

/** The first line. Its number rises when a reader of the old format would misread the new one. */
export const FIRST_LINE = "prefreeze journal 1\n";

export const OWNER_AT = 32;
/** Written in turns, so that a torn write leaves the other one whole. */
export const ACKNOWLEDGEMENTS_AT = [64, 96];
export const ACKNOWLEDGEMENT_BYTES = 24;
/** Entries of the invocations in flight. */
export const ENTRIES_AT = 4_096;
export const ENTRY_COUNT = 1_024;
export const ENTRY_BYTES = 16;
/** Four slots: for the newest state, the one being written, the one being pushed, and the last acknowledged one. */
export const SLOTS_AT = 32_768;
export const SLOT_COUNT = 4;
export const SLOT_BYTES = 2 ** 20;
/** The head of a slot, before its text: checksum, length, number of the write. */
export const SLOT_HEAD_BYTES = 16;

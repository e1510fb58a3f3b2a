// The layout of a journal's file, in bytes. All numbers in it are little-endian. See JOURNAL.md.

/** The first line. Its number rises when a reader of the old format would misread the new one. */
export const FIRST_LINE = "prefreeze journal 2\n";

export const OWNER_AT = 32;
/** Entries of the invocations in flight. */
export const ENTRIES_AT = 4_096;
export const ENTRY_COUNT = 1_024;
export const ENTRY_BYTES = 16;
/** Two logs in turns, so that a torn first record leaves the other log whole. */
export const LOGS_AT = 32_768;
export const MAX_TOTALS_BYTES = 2 ** 20;
/** Room for all totals, those that were acknowledged and their changes, the changes since, and one acknowledgement. */
export const LOG_BYTES = 10 * MAX_TOTALS_BYTES;
/** The head of a record in a log, before its text: checksum, length, number of the record. */
export const RECORD_HEAD_BYTES = 16;
/** The line between the totals and the acknowledged ones. OpenMetrics ends a text with it. */
export const SEPARATOR = "# EOF\n";
/** It must be a line of its own: the help of a metric may end like it. */
export const SEPARATOR_LINE = /(?<=\n)# EOF\n/;

export { flushWithin } from "./flush-within.js";
export { fileJournal, type FileJournalOptions } from "./journal/file-journal.js";
export { httpTransport } from "./http-transport.js";
export { asyncInvocationStore } from "./invocation-store.js";
export { onTerminate } from "./on-terminate.js";

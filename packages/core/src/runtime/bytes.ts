/** `Uint8Array<ArrayBuffer>`, written so that compilers before TypeScript 5.7 understand it. */
export type Bytes = ReturnType<typeof Uint8Array.of>;

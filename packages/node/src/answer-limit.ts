/** An answer that is longer is cut off, and its connection with it. */
export const MAX_ANSWER_CHARACTERS = 10_000;

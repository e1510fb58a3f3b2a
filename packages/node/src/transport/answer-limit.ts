/** A longer answer is cut off, together with its connection. */
export const MAX_ANSWER_CHARACTERS = 10_000;

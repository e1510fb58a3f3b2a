/** A function cannot, or should not, be changed; nothing of it was. The message says why and what to do. */
export class Refused extends Error {}

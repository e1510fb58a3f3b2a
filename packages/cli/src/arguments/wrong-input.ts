/** What was asked for cannot be done as it is; the message says what to give instead. */
export class WrongInput extends Error {}

/** A request that is refused with its message, and changes nothing. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

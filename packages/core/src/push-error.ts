/** A push that the target refused, with the status and the start of what it answered. */
export class PushError extends Error {
  override readonly name = "PushError";
  readonly status: number;

  constructor(status: number, answer: string) {
    super(`HTTP ${status}${answer === "" ? "" : `: ${answer.slice(0, 500)}`}`);
    this.status = status;
  }
}

/** A push that no writer of the protocol sends. The message gives the reason. Nothing has changed. */
export class MalformedSnapshot extends TypeError {
  /** `MalformedSnapshot`. */
  override readonly name = "MalformedSnapshot";
}

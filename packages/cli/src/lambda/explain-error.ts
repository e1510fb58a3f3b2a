/** What the SDK throws, and sockets do. */
interface AwsError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Nothing can be done without it, for any function; the message says what to do. */
export class NoAccess extends Error {}

/** A request had no answer in time, with all its attempts. */
export class TimedOut extends Error {}

/** An answer lacks what each answer of Lambda has. */
export class Unreadable extends Error {}

/** A request failed. Its cause is what the SDK threw. */
export class RequestFailed extends Error {
  /** The permission that the request needs, as in `lambda:ListFunctions`. */
  readonly action: string;

  constructor(action: string, cause: unknown) {
    super(`${action} failed`, { cause });
    this.action = action;
  }
}

function nameOf(error: unknown): string {
  return ((error as Error).cause as AwsError | undefined)?.name ?? "";
}

/** Whether somebody changed the function or the alias since it was read. */
export function isOutdated(error: unknown): boolean {
  return nameOf(error) === "PreconditionFailedException";
}

/** Whether another change of the function is under way. */
export function isBusy(error: unknown): boolean {
  return ["ResourceConflictException", "ResourceNotReadyException"].includes(nameOf(error));
}

/** Whether the function, the alias or the layer does not exist. */
export function isMissing(error: unknown): boolean {
  return nameOf(error) === "ResourceNotFoundException";
}

/**
 * Says why a request failed, and what to do. Texts of the API that may repeat variables are left out.
 *
 * @param subject what it was about: `shop`
 */
export function explainError(error: RequestFailed, subject: string): string {
  const { action } = error;
  const { name = "", message = "", code, $metadata = {} } = error.cause as AwsError;
  const { httpStatusCode: status = 0, attempts = 1 } = $metadata;
  if (error.cause instanceof Unreadable || /\bDeserialization\b/.test(message)) {
    return "what answers is not Lambda's API: look for a proxy, and at AWS_ENDPOINT_URL";
  }
  if (error.cause instanceof TimedOut || name === "AbortError") {
    return `Lambda did not answer ${action} in time: it throttles, or cannot be reached. Run it again later`;
  }
  if (name.startsWith("AccessDenied")) {
    const [, missing = action] = /not authorized to perform: ([\w:*]+)/.exec(message) ?? [];
    return missing === "lambda:GetLayerVersion"
      ? "these credentials may not use the layer: allow lambda:GetLayerVersion, or let its owner share it"
      : `these credentials may not call ${missing} for ${subject}: allow it`;
  }
  if (isMissing(error)) return `${subject} does not exist in this account and region`;
  if (name === "TooManyRequestsException" || status === 429) {
    return `Lambda throttled ${action} ${attempts} times: run it again later`;
  }
  if (isBusy(error)) return "another change of it is under way: run it again when that has ended";
  if (isOutdated(error)) return "somebody else changed it at the same time: run it again";
  if (/KMS/.test(name))
    return `its KMS key cannot be used (${name}): mend the key, or allow its use`;
  if (
    /^(?:InvalidParameterValue|Validation)Exception$/.test(name) &&
    /environment/i.test(message)
  ) {
    // The API repeats all of them, with their values.
    return /4 ?KB/i.test(message)
      ? "its variables would take more than 4,096 bytes: shorten or remove some"
      : "Lambda does not take its variables: look for reserved or malformed names";
  }
  if (status >= 500) return `Lambda answered ${status} ${attempts} times: run it again later`;
  if (code !== undefined && status === 0) {
    return `Lambda's API cannot be reached (${code}): check the region, the network and AWS_ENDPOINT_URL`;
  }
  return `${action}: ${onOneLine(message || name)}`;
}

/**
 * Throws if the error would be the same for every function.
 *
 * @throws NoAccess
 */
export function throwIfNoAccess(error: unknown): void {
  const { name = "", message = "" } = error as AwsError;
  if (/^Region is missing$/.test(message)) {
    throw new NoAccess("no region: give --region, or set AWS_REGION");
  }
  if (/CredentialsProviderError|^TokenProviderError/.test(name)) {
    throw new NoAccess(
      `no AWS credentials: give --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${onOneLine(message)})`,
    );
  }
  if (
    /^(?:ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|MissingAuthenticationToken|IncompleteSignature|SignatureDoesNotMatch)/.test(
      name,
    )
  ) {
    throw new NoAccess(`AWS does not take these credentials (${name}): renew them`);
  }
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 300);
}
